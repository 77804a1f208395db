"""What tests stand on: target, exchange recorder, `given`, `send`, `expect`, user agent, grammar, transport."""

from __future__ import annotations

import pytest

from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send


def requirement(identifier: str) -> pytest.MarkDecorator:
    """Mark a test with the one catalogue requirement that it checks."""
    return pytest.mark.requirement(identifier)


def needs(*features: str) -> pytest.MarkDecorator:
    """Mark a test (or one parameter set) with features that it needs beyond its requirement's own."""
    return pytest.mark.needs(*features)


__all__ = ["OMIT", "Expect", "Given", "Send", "needs", "requirement"]
