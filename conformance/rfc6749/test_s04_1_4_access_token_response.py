"""RFC 6749 section 4.1.4: access token response to an authorization code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.authorization_answers import code_client
from conformance.harness.procedures.code_exchanges import seen_exchanged
from conformance.harness.procedures.token_requests import code_exchange_seen, with_refresh_token


@requirement("rfc6749-4.1.4-valid-exchange-issues-token")
@pytest.mark.parametrize("name", ["confidential", "public"])
def test_a_valid_exchange_brings_a_token(given: Given, send: Send, expect: Expect, name: str) -> None:
    code = given.authorization_code(code_client(given, name))

    reply = send.code_exchange(code)

    expect(reply).has_status(200)
    expect(reply).has_media_type("application/json")
    expect(reply).has_member("access_token", str)
    expect(reply).has_member("token_type", str)


@requirement("rfc6749-4.1.4-refresh-token-issued")
def test_whether_a_refresh_token_comes(given: Given) -> None:
    tokens = code_exchange_seen(given)

    given.note(f"{'a' if tokens.refresh_token else 'no'} refresh token beside the access token")


@requirement("rfc6749-4.1.4-refresh-token-usable")
def test_a_refresh_token_can_be_used(given: Given, send: Send, expect: Expect) -> None:
    tokens = with_refresh_token(given.tokens_for(given.authorization_code()))

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.4-failed-authentication-error")
def test_failed_authentication_is_invalid_client(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_with_secret("authorization_code")
    seen_exchanged(given, client)
    impostor = replace(client, client_secret=given.invented("client_secret"))

    reply = send.code_exchange(given.authorization_code(client), client=impostor)

    expect(reply).is_an_error("invalid_client")
    expect(reply).has_status(400, 401)
