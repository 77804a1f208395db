"""RFC 6749 section 4.3.3: access token response of the resource owner password credentials grant."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.grants import (
    client_served,
    client_using,
    client_with_secret_served,
    expect_refresh_token_good,
    if_credentials_are_right,
    wrong_secret,
)
from conformance.procedures.token_responses import tokens_by


@pytest.mark.parametrize("name", ["confidential", "public"])
@requirement("rfc6749-4.3.3-access-token-issued")
def test_a_valid_request_obtains_an_access_token(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "password")

    reply = if_credentials_are_right(send.password(client))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.3.3-refresh-token-optional")
def test_whether_a_refresh_token_comes(given: Given, send: Send) -> None:
    tokens = tokens_by(given, send, "password")

    given.note(f"{'a' if tokens.refresh_token else 'no'} refresh token comes with the password grant")


@pytest.mark.parametrize("name", ["confidential", "public"])
@requirement("rfc6749-4.3.3-refresh-token-usable")
def test_a_refresh_token_is_good(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "password")

    tokens = given.tokens("password", client)

    expect_refresh_token_good(given, send, expect, tokens)


@requirement("rfc6749-4.3.3-failed-authentication-error")
def test_failed_client_authentication_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret_served(given, send, "password")

    reply = send.password(wrong_secret(given, client))

    expect(reply).is_an_error()


@requirement("rfc6749-4.3.3-invalid-request-error")
def test_an_invalid_request_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, password=OMIT)

    expect(reply).is_an_error()
