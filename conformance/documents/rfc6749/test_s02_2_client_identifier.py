"""RFC 6749 section 2.2: client identifier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.base.outcomes import NotApplicable
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.client_authentication import (
    client_by_basic,
    client_served,
    expect_authenticated,
    own_request,
)
from conformance.procedures.token_requests import token_request
from conformance.profile.target import Client


@requirement("rfc6749-2.2-identifier-known-to-server")
@pytest.mark.parametrize("name", ["confidential", "other", "public", "single_redirect", "restricted"])
def test_each_client_is_known_by_its_identifier(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = given.client(name)

    reply = own_request(given, send, client)

    expect_authenticated(expect, reply)
    given.issued(reply, f"a token request of [clients.{name}]")


@requirement("rfc6749-2.2-identifier-stands-for-its-registration")
def test_another_clients_redirect_uri_is_not_accepted(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    foreign = uri_of_another(request.client, given.client("other"))

    answer = request.changed(redirect_uri=foreign)

    expect(answer).is_refused()


@requirement("rfc6749-2.2-identifier-alone-authenticates-nobody")
def test_an_identifier_alone_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, given.client_with_secret())

    reply = token_request(given, send, None, client, authentication="none")

    expect(reply).is_refused()


@requirement("rfc6749-2.2-identifier-without-password-refused")
def test_an_identifier_with_an_empty_password_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_by_basic(given, send)

    reply = token_request(given, send, None, client, replace(client, client_secret=""))

    expect(reply).is_refused()


@requirement("rfc6749-2.2-identifier-names-one-client")
def test_the_password_of_another_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, given.client_with_secret())
    other = client_served(given, send, given.other_client())

    reply = token_request(given, send, None, client, replace(client, client_secret=other.client_secret))

    expect(reply).is_refused()


def uri_of_another(client: Client, other: Client) -> str:
    """A redirection URI that the other client alone registered."""
    uri = next((uri for uri in other.redirect_uris if uri not in client.redirect_uris), None)
    if uri is None or other.client_id == client.client_id:
        raise NotApplicable("[clients.other] registered no redirection URI of its own")
    return uri
