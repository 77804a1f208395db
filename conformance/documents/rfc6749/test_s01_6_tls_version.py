"""RFC 6749 section 1.6: TLS version."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.plain_http import handshake, versions

EACH_ENDPOINT = pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param("authorization", marks=needs("authorization_endpoint")),
        pytest.param("token", marks=needs("token_endpoint")),
    ],
)


@requirement("rfc6749-1.6-current-tls-version")
@EACH_ENDPOINT
def test_a_client_of_today_can_connect(given: Given, send: Send, expect: Expect, endpoint: str) -> None:
    found = handshake(given, send, endpoint)

    expect.that(found.succeeded, "a handshake in TLS 1.2 or 1.3", found.failure)


@requirement("rfc6749-1.6-other-transport-security")
@EACH_ENDPOINT
def test_more_versions_may_be_spoken(given: Given, send: Send, endpoint: str) -> None:
    given.note(f"{endpoint}: {versions(given, send, endpoint)}")
