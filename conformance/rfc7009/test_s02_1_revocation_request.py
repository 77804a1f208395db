"""RFC 7009 section 2.1: revocation request."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement


@requirement("rfc7009-2.1-token-required")
def test_a_request_without_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens()
    given.revoked(tokens.access_token, tokens.client)

    reply = send.revocation(tokens.access_token, tokens.client, token=None)

    expect(reply).is_refused()
