"""RFC 6749 section 4.4.2: access token request of the client credentials grant."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.credentials_beside import beside_valid_credentials, fresh_credentials
from conformance.procedures.grants import (
    client_served,
    client_with_secret_served,
    if_credentials_are_right,
    wrong_secret,
)
from conformance.procedures.scopes import is_processed_or_invalid_scope
from conformance.procedures.token_requests import good_request, reply_to_request, with_everything_escaped


@requirement("rfc6749-4.4.2-body-form-encoded")
def test_the_body_is_read_as_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    request = good_request(given, send, "client_credentials")

    reply = reply_to_request(send, with_everything_escaped(request))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.4.2-body-in-utf8")
def test_an_unknown_parameter_beyond_ascii_does_no_harm(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "client_credentials")
    unknown: dict[str, Any] = {given.invented("parameter"): "zo\u00eb \u2713 \U0001f600"}

    reply = send.client_credentials(client, **unknown)

    expect(reply).issues_a_token()


@requirement("rfc6749-4.4.2-grant-type-required")
def test_a_request_without_grant_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "client_credentials")

    reply = send.client_credentials(client, grant_type=OMIT)

    expect(reply).is_not_served()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@requirement("rfc6749-4.4.2-grant-type-client-credentials")
def test_the_grant_type_client_credentials_is_accepted(given: Given, send: Send, expect: Expect, method: str) -> None:
    client = given.client_authenticating_by(method, "client_credentials")

    reply = if_credentials_are_right(send.client_credentials(client))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.4.2-grant-type-exact")
def test_a_grant_type_in_other_case_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "client_credentials")

    reply = send.client_credentials(client, grant_type="Client_Credentials")

    expect(reply).is_refused()


@requirement("rfc6749-4.4.2-scope-omitted")
def test_a_request_without_scope_is_served_or_its_scope_invalid(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "client_credentials")

    reply = send.client_credentials(client, scope=OMIT)

    expect.that(
        is_processed_or_invalid_scope(reply),
        "a token with a default scope, or error 'invalid_scope'",
        reply,
        about=("error invalid_scope", "scope"),
    )


@requirement("rfc6749-4.4.2-scope-accepted")
def test_a_scope_of_the_client_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("client_credentials")

    reply = if_credentials_are_right(
        send.client_credentials(client, scope=given.scopes("client_credentials", client=client)[0])
    )

    expect(reply).issues_a_token()


@pytest.mark.parametrize("authentication", ["none", "absent"], ids=["client_id alone", "not even client_id"])
@requirement("rfc6749-4.4.2-client-authentication-required")
def test_a_client_has_to_authenticate(given: Given, send: Send, expect: Expect, authentication: str) -> None:
    client = client_served(given, send, "client_credentials")

    reply = send.client_credentials(client, authentication)

    expect(reply).is_refused()


@requirement("rfc6749-4.4.2-client-authentication-required")
@beside_valid_credentials("code", "refresh-token", "password")
def test_what_is_live_stands_for_no_authentication(given: Given, send: Send, expect: Expect, other: str) -> None:
    client = client_with_secret_served(given, send, "client_credentials")

    reply = send.client_credentials(client, "none", **fresh_credentials(given, other, client))

    expect(reply).is_refused()


@requirement("rfc6749-4.4.2-client-authenticated")
def test_wrong_client_authentication_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret_served(given, send, "client_credentials")

    reply = send.client_credentials(wrong_secret(given, client))

    expect(reply).is_refused()
