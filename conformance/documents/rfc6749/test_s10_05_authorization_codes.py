"""RFC 6749 section 10.5: authorization codes."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.code_exchanges import exchanging_client, expired_code, presented_by_another
from conformance.procedures.plain_http import authorization_request_in_the_clear
from conformance.procedures.token_refusals import wrong_secret
from conformance.procedures.token_requests import with_refresh_token


@requirement("rfc6749-10.5-code-over-secure-channel")
def test_no_code_is_sent_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send)

    expect.that(
        not probe.brought("code"), "no authorization code over plain HTTP", probe, breach="act", about="plain HTTP"
    )


@requirement("rfc6749-10.5-old-code-refused")
def test_an_old_code_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = expired_code(given, given.limit("code_lifetime"))

    expect(send.code_exchange(code)).is_refused()


@requirement("rfc6749-10.5-used-code-refused")
def test_a_used_code_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    given.tokens_for(code)

    expect(send.code_exchange(code)).is_refused()


@requirement("rfc6749-10.5-replay-revokes-access-token")
def test_a_replay_ends_the_access_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    token = given.active_token(given.tokens_for(code))

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-10.5-replay-revokes-refreshed-token")
def test_a_replay_ends_refreshed_access_tokens(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    refreshed = given.refreshed(with_refresh_token(given.tokens_for(code)))
    token = given.active_token(refreshed)

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-10.5-code-exchange-authenticates-client")
def test_a_code_exchange_without_credentials_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(exchanging_client(given))

    reply = send.code_exchange(code, authentication="none")

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-10.5-code-exchange-authenticates-client")
def test_a_code_exchange_with_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(exchanging_client(given))

    reply = send.code_exchange(code, wrong_secret(given, code.client))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-10.5-foreign-code-refused")
def test_a_code_of_another_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_by_another(given, send, "confidential", "other")

    expect(reply).is_refused()
