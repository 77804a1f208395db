"""RFC 6749 section 2.3: client authentication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.client_authentication import (
    BY_BASIC,
    BY_BODY,
    client_by_body,
    expect_authenticated,
    own_request,
)
from conformance.procedures.introspection import ask, live_token
from conformance.procedures.introspection_callers import caller_by_body, expect_nothing_told
from conformance.procedures.revocation import client_let_in, fresh_token, revocable_kind, revoke
from conformance.procedures.token_requests import token_request
from conformance.profile.target import Client


@requirement("rfc6749-2.3-confidential-client-can-authenticate")
@pytest.mark.parametrize("method", [BY_BASIC, BY_BODY])
def test_a_confidential_client_is_authenticated(given: Given, send: Send, expect: Expect, method: str) -> None:
    client = given.client_authenticating_by(method)

    reply = own_request(given, send, client)

    expect_authenticated(expect, reply)
    given.issued(reply, f"a token request of [clients.{client.name}]")


@requirement("rfc6749-2.3-any-authentication-form")
@pytest.mark.parametrize("method", [BY_BASIC, BY_BODY])
def test_forms_of_authentication_may_differ(given: Given, send: Send, method: str) -> None:
    client = given.client_for(given.any_grant())

    reply = token_request(given, send, None, client, authentication=method)

    given.note(f"{method} of [clients.{client.name}]: {reply}")


@requirement("rfc6749-2.3-public-client-authentication")
def test_a_public_client_may_authenticate(given: Given, send: Send) -> None:
    client = given.client("public")

    reply = token_request(given, send, None, client)

    given.note(f"a public client that gives only its identifier: {reply}")


@requirement("rfc6749-2.3-public-client-identity-not-relied-on")
def test_a_public_client_gets_no_token_of_its_own(given: Given, send: Send, expect: Expect) -> None:
    given.issued(send.client_credentials(), "a confidential client's request")

    reply = send.client_credentials(given.client("public"), scope=OMIT)

    expect(reply).is_refused()


@requirement("rfc6749-2.3-public-client-identity-not-relied-on")
@pytest.mark.parametrize("method", [BY_BASIC, BY_BODY])
def test_an_invented_secret_authenticates_no_public_client(
    given: Given, send: Send, expect: Expect, method: str
) -> None:
    given.issued(send.client_credentials(), "a confidential client's request")
    public = replace(given.client("public"), client_secret=given.invented("client_secret"))

    reply = send.client_credentials(public, method, scope=OMIT)

    expect(reply).is_refused()


@requirement("rfc6749-2.3-two-methods-refused")
def test_two_methods_at_once_are_refused(given: Given, send: Send, expect: Expect) -> None:
    # A server that takes no credentials from the body ignores them there as it ignores unknown parameters.
    client = client_by_body(given, send)

    reply = token_request(given, send, None, client, authentication="both")

    expect(reply).is_refused()


@requirement("rfc6749-2.3-two-methods-refused")
@needs("revocation")
def test_two_methods_at_once_revoke_nothing(given: Given, send: Send, expect: Expect) -> None:
    client = revoking_by_body(given, send)
    token = fresh_token(given, revocable_kind(given, send), client)

    revoke(given, send, token, authentication="both")

    # What a refused revocation is answered with is RFC 7009's matter; served is the one that ends the token.
    expect(token).is_active()


@requirement("rfc6749-2.3-two-methods-refused")
@needs("introspection")
def test_two_methods_at_once_are_told_nothing(given: Given, send: Send, expect: Expect) -> None:
    caller = caller_by_body(given, send)
    token = live_token(given, send)

    reply = ask(given, send, token, caller, authentication="both")

    expect_nothing_told(expect, reply)


def revoking_by_body(given: Given, send: Send) -> Client:
    """A client that revokes with its credentials in the body. Vacuous where they are not taken from there."""
    with given.else_vacuous("revocation takes no credentials from the body"):
        return client_let_in(given, send, client_by_body(given, send))
