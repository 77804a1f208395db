"""Where an endpoint is said to be: by the profile, and by the server's own metadata (RFC 8414) where it has any."""

from __future__ import annotations

from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.profile.target import Target


def endpoint_uris(given: Given, send: Send, target: Target, endpoint: str) -> tuple[str, ...]:
    """The URIs of an endpoint (`authorization`, `token`, ...), the profile's first."""
    told = given.observed("metadata", lambda: _metadata(given, send, target)).get(f"{endpoint}_endpoint")
    return tuple(dict.fromkeys([target.url(endpoint), *([told] if isinstance(told, str) else [])]))


def _metadata(given: Given, send: Send, target: Target) -> dict[str, object]:
    if not given.claims("metadata"):
        return {}
    with given.arranging():
        return dict(send.raw("GET", target.url("metadata")).members)
