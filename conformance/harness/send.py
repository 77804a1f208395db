"""`send` speaks raw protocol: it can send anything, never judges, never follows a redirect.

Parameters are changed by keyword: a string replaces or adds, a list sends the parameter several times, OMIT leaves it
out, an empty string sends it without a value.
"""

from __future__ import annotations

from conformance.harness.browser_requests import BrowserRequests
from conformance.harness.endpoint_requests import EndpointRequests
from conformance.harness.parameters import FORM, OMIT, Change, basic, bearer, changed
from conformance.harness.transport_probes import TransportProbes

__all__ = ["FORM", "OMIT", "Change", "Send", "basic", "bearer", "changed"]


class Send(EndpointRequests, BrowserRequests, TransportProbes):
    """The stimulus side of a test."""
