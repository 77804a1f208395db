"""RFC 6749 section 2.1: client types."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.token_requests import token_request


@requirement("rfc6749-2.1-client-type-not-guessed")
@pytest.mark.parametrize(
    "grant", [pytest.param(grant, marks=needs(grant)) for grant in ("authorization_code", "password", "refresh_token")]
)
def test_a_confidential_client_is_not_taken_for_public(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = given.client_with_secret(grant)
    given.issued(token_request(given, send, grant, client), "a request with the secret")

    reply = token_request(given, send, grant, client, authentication="none")

    expect(reply).is_refused()
