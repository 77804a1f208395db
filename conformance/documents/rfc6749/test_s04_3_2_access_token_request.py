"""RFC 6749 section 4.3.2: access token request of the resource owner password credentials grant."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.credentials_beside import beside_valid_credentials, fresh_credentials
from conformance.procedures.grants import (
    client_served,
    client_using,
    client_with_secret_served,
    if_credentials_are_right,
    near_password,
    wrong_secret,
)
from conformance.procedures.guessing import password_guessed
from conformance.procedures.scopes import is_processed_or_invalid_scope
from conformance.procedures.token_requests import good_request, reply_to_request, with_everything_escaped


@requirement("rfc6749-4.3.2-body-form-encoded")
def test_the_body_is_read_as_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    request = good_request(given, send, "password")

    reply = reply_to_request(send, with_everything_escaped(request))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.3.2-body-in-utf8")
def test_wrong_credentials_beyond_ascii_are_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, username=f"zo\u00eb-{given.invented('username')}", password="\u2713\u00e9")

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-body-in-utf8")
def test_right_credentials_beyond_ascii_are_accepted(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, given.owner("resource_owner_unicode").name)

    expect(reply).issues_a_token()


@requirement("rfc6749-4.3.2-grant-type-required")
def test_a_request_without_grant_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, grant_type=OMIT)

    expect(reply).is_not_served()


@pytest.mark.parametrize("name", ["confidential", "public"])
@requirement("rfc6749-4.3.2-grant-type-password")
def test_the_grant_type_password_is_accepted(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "password")

    reply = if_credentials_are_right(send.password(client))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.3.2-grant-type-exact")
def test_a_grant_type_in_other_case_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, grant_type="PASSWORD")

    expect(reply).is_refused()


@pytest.mark.parametrize("username", [OMIT, ""], ids=["missing", "empty"])
@requirement("rfc6749-4.3.2-username-required")
def test_a_request_without_username_is_refused(given: Given, send: Send, expect: Expect, username: Any) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, username=username)

    expect(reply).is_refused()


@pytest.mark.parametrize("password", [OMIT, ""], ids=["missing", "empty"])
@requirement("rfc6749-4.3.2-password-required")
def test_a_request_without_password_is_refused(given: Given, send: Send, expect: Expect, password: Any) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, password=password)

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-scope-omitted")
def test_a_request_without_scope_is_served_or_its_scope_invalid(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, scope=OMIT)

    expect.that(
        is_processed_or_invalid_scope(reply),
        "a token with a default scope, or error 'invalid_scope'",
        reply,
        about=("error invalid_scope", "scope"),
    )


@requirement("rfc6749-4.3.2-scope-accepted")
def test_a_scope_of_the_client_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("password")

    reply = if_credentials_are_right(send.password(client, scope=given.scopes("password", client=client)[0]))

    expect(reply).issues_a_token()


@pytest.mark.parametrize("authentication", ["none", "absent"], ids=["client_id alone", "not even client_id"])
@requirement("rfc6749-4.3.2-client-authentication-required")
def test_a_client_with_a_secret_has_to_authenticate(
    given: Given, send: Send, expect: Expect, authentication: str
) -> None:
    client = client_with_secret_served(given, send, "password")

    reply = send.password(client, authentication=authentication)

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-client-authenticated")
def test_wrong_client_authentication_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret_served(given, send, "password")

    reply = send.password(wrong_secret(given, client))

    expect(reply).is_refused()


@pytest.mark.parametrize("how", ["other case", "longer", "shorter", "space before", "space behind"])
@requirement("rfc6749-4.3.2-wrong-password-refused")
def test_a_wrong_password_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    # A success before each failure: servers that count failures in a row shall not lock the account.
    client = given.tokens("password").client

    reply = send.password(client, password=near_password(given.owner(), how))

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-wrong-password-refused")
@beside_valid_credentials("code", "refresh-token")
def test_what_is_live_makes_no_password_right(given: Given, send: Send, expect: Expect, other: str) -> None:
    client = given.tokens("password").client

    reply = send.password(
        client, password=near_password(given.owner(), "longer"), **fresh_credentials(given, other, client)
    )

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-password-required")
@needs("refresh_token")
def test_a_live_refresh_token_stands_for_no_password(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, username=OMIT, password=OMIT, **fresh_credentials(given, "refresh-token", client))

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-unknown-username-refused")
def test_an_unknown_username_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "password")

    reply = send.password(client, username=given.invented("username"))

    expect(reply).is_refused()


@requirement("rfc6749-4.3.2-brute-force-protection")
def test_guessing_of_passwords_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "password")

    expect.that(guessing.held_off, guessing.wanted, guessing)
