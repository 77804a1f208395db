"""RFC 6749 section 4.1.4: access token response to an authorization code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import code_client
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.procedures.detours import exchanged_by_detour
from conformance.procedures.tabs import SIDE_BY_SIDE, Order, Place, approved_after_denial, exchange_replies
from conformance.procedures.token_requests import code_exchange_seen, with_refresh_token


@requirement("rfc6749-4.1.4-valid-exchange-issues-token")
@pytest.mark.parametrize("name", ["confidential", "public"])
def test_a_valid_exchange_brings_a_token(given: Given, send: Send, expect: Expect, name: str) -> None:
    code = given.authorization_code(code_client(given, name))

    reply = send.code_exchange(code)

    expect(reply).has_status(200)
    expect(reply).has_media_type("application/json")
    expect(reply).has_member("access_token", str)
    expect(reply).has_member("token_type", str)


@requirement("rfc6749-4.1.4-valid-exchange-issues-token")
def test_a_code_that_came_by_the_sign_in_page_brings_a_token(given: Given, send: Send, expect: Expect) -> None:
    reply = exchanged_by_detour(given, send)

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.4-valid-exchange-issues-token")
@SIDE_BY_SIDE
def test_each_of_several_codes_brings_its_own_client_a_token(
    given: Given, send: Send, expect: Expect, place: Place, order: Order
) -> None:
    replies = exchange_replies(given, send, place, order)

    for_nothing = [reply for reply in replies if not reply.members.get("access_token")]
    expect.that(not for_nothing, "a token for each code", "; ".join(map(str, for_nothing)))


@requirement("rfc6749-4.1.4-valid-exchange-issues-token")
def test_a_code_that_came_after_a_denial_was_taken_back_brings_a_token(
    given: Given, send: Send, expect: Expect
) -> None:
    found = approved_after_denial(given, send)

    expect.that(
        found.brings_token, "a token for the code that was granted at last", found.exchanged, at=found.exchanged
    )


@requirement("rfc6749-4.1.4-refresh-token-issued")
def test_whether_a_refresh_token_comes(given: Given) -> None:
    exchange = code_exchange_seen(given)

    given.note(f"{'a' if exchange.refreshable else 'no'} refresh token beside the access token")


@requirement("rfc6749-4.1.4-refresh-token-usable")
def test_a_refresh_token_can_be_used(given: Given, send: Send, expect: Expect) -> None:
    tokens = with_refresh_token(given.tokens_for(given.authorization_code()))

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.4-failed-authentication-error")
def test_failed_authentication_is_invalid_client(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_with_secret("authorization_code")
    seen_exchanged(given, client)
    code = given.authorization_code(client)
    impostor = replace(client, client_secret=given.invented("client_secret"))

    reply = send.code_exchange(code, client=impostor)
    given.control(code, after=reply)

    expect(reply).is_an_error("invalid_client")
    expect(reply).has_status(400, 401)
