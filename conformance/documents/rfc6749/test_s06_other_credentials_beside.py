"""RFC 6749 section 6: refresh tokens that are no good, or not as good, beside what is good for another grant."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.credentials_beside import (
    beside_valid_credentials,
    fresh_credentials,
    narrow_beside_wider_code,
)
from conformance.procedures.refreshing import another_client, refreshing_seen, scope_obtained


@requirement("rfc6749-6-refresh-token-validated")
@beside_valid_credentials("code", "password")
def test_what_is_live_makes_no_refresh_token_valid(given: Given, send: Send, expect: Expect, other: str) -> None:
    client = refreshing_seen(given, send).client
    invented = {"refresh_token": given.invented("refresh_token")}

    reply = send.token("refresh_token", client, {**invented, **fresh_credentials(given, other, client)})

    expect(reply).is_refused()


@requirement("rfc6749-6-refresh-token-required")
@needs("authorization_code")
def test_a_live_code_stands_for_no_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    client = refreshing_seen(given, send).client

    reply = send.token("refresh_token", client, fresh_credentials(given, "code", client))

    expect(reply).is_refused()


@requirement("rfc6749-6-refresh-token-bound-to-client")
@needs("authorization_code")
def test_a_code_of_ones_own_opens_no_refresh_token_of_another(given: Given, send: Send, expect: Expect) -> None:
    client = refreshing_seen(given, send).client
    tokens = given.refreshable(another_client(given, send, "other"))

    reply = send.refresh(tokens, client, **fresh_credentials(given, "code", client))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-scope-never-widened")
@needs("authorization_code")
def test_a_code_for_more_widens_no_refresh(given: Given, send: Send, expect: Expect) -> None:
    tokens, code, beyond = narrow_beside_wider_code(given, send)

    reply = send.refresh(tokens, **code)

    obtained = scope_obtained(given, send, reply, tokens, tokens.asked_scope)
    expect.that(not reply.is_breakdown, "a decided answer", reply)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )
