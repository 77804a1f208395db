"""RFC 6749 section 4.4.3: access token response of the client credentials grant."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.credentials_beside import beside_valid_credentials, fresh_credentials, issued_all_the_same
from conformance.procedures.grants import (
    client_served,
    client_using,
    client_with_secret_served,
    if_credentials_are_right,
    wrong_secret,
)
from conformance.procedures.token_responses import token_response


@pytest.mark.parametrize("name", ["confidential", "single_redirect"])
@requirement("rfc6749-4.4.3-access-token-issued")
def test_a_valid_request_obtains_an_access_token(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "client_credentials")

    reply = if_credentials_are_right(send.client_credentials(client))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.4.3-no-refresh-token")
def test_no_refresh_token_comes(given: Given, send: Send, expect: Expect) -> None:
    reply = token_response(given, send, "client_credentials")

    expect(reply).lacks_member("refresh_token")


@requirement("rfc6749-4.4.3-no-refresh-token")
@beside_valid_credentials("refresh-token", "password")
def test_no_refresh_token_comes_beside_other_credentials(given: Given, send: Send, expect: Expect, other: str) -> None:
    client = client_with_secret_served(given, send, "client_credentials")

    reply = issued_all_the_same(send.client_credentials(client, scope=OMIT, **fresh_credentials(given, other, client)))

    expect(reply).lacks_member("refresh_token")


@requirement("rfc6749-4.4.3-failed-authentication-error")
def test_failed_client_authentication_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret_served(given, send, "client_credentials")

    reply = send.client_credentials(wrong_secret(given, client))

    expect(reply).is_an_error()


@requirement("rfc6749-4.4.3-invalid-request-error")
def test_an_invalid_request_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "client_credentials")

    reply = send.client_credentials(client, grant_type=OMIT)

    expect(reply).is_an_error()
