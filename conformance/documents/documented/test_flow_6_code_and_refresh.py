"""The documented API, flow 6: authorization code and refresh on the documented paths."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement


@requirement("documented-flow-6-code-and-refresh")
def test_a_code_is_worth_a_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()

    reply = send.code_exchange(code)

    expect(reply).issues_a_token()


@requirement("documented-flow-6-code-and-refresh")
def test_its_refresh_token_is_worth_another(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshable(grant="authorization_code")

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()
    expect.that(
        reply.members["access_token"] != tokens.access_token, "another access token", "the same one", breach="act"
    )
