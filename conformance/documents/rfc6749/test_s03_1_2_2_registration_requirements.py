"""RFC 6749 section 3.1.2.2: registration requirements."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.given import fresh_state
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.public_clients import public_client
from conformance.procedures.redirects import (
    any_response_type,
    expect_not_accepted,
    missed_request,
    near_misses,
    second_uri,
)

LONG = 80


@requirement("rfc6749-3.1.2.2-public-client-registers-uri")
@pytest.mark.parametrize("name", near_misses("foreign"))
def test_a_public_client_needs_a_registered_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = given.client("public")

    found = missed_request(given, send, name, client, any_response_type(given, client))

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-implicit-client-registers-uri")
@pytest.mark.parametrize("name", near_misses("foreign"))
def test_an_implicit_client_needs_a_registered_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name, given.client_for("implicit"), "token")

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-every-client-registers-uri")
@pytest.mark.parametrize("name", near_misses("foreign"))
def test_every_client_needs_a_registered_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name, given.client_for("authorization_code"), "code")

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-complete-uri-registered")
def test_another_query_is_refused(given: Given, send: Send, expect: Expect) -> None:
    found = missed_request(given, send, "more-query")

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-complete-uri-registered")
def test_more_behind_a_registered_query_is_refused(given: Given, send: Send, expect: Expect) -> None:
    found = missed_request(given, send, "more-behind-query")

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-state-carries-customization")
def test_each_request_gets_its_own_state(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    common = "s" * LONG
    first, second = common + fresh_state(), common + fresh_state()

    one, other = given.came_back(request.changed(state=first)), given.came_back(request.changed(state=second))

    expect(one).returns_state(first)
    expect(other).returns_state(second)


@requirement("rfc6749-3.1.2.2-scheme-authority-path-fixed")
@pytest.mark.parametrize("name", near_misses("scheme", "authority", "path"))
def test_another_scheme_authority_or_path_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-scheme-authority-path-fixed")
@pytest.mark.parametrize("name", near_misses("scheme", "authority", "path"))
def test_another_scheme_authority_or_path_is_refused_to_a_public_client(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    client, response_type = public_client(given)

    found = missed_request(given, send, name, client, response_type)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-scheme-authority-path-fixed")
@pytest.mark.parametrize("name", near_misses("authority", "path"))
def test_another_authority_or_path_is_refused_to_another_client(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    client = given.client("other")

    found = missed_request(given, send, name, client, any_response_type(given, client))

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-scheme-authority-path-fixed")
@needs("implicit")
@pytest.mark.parametrize("name", near_misses("authority", "path"))
def test_another_authority_or_path_is_refused_to_an_implicit_request(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    found = missed_request(given, send, name, response_type="token")

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.2-several-uris")
def test_a_client_may_register_several_uris(given: Given, send: Send) -> None:
    client = ordinary_request(given, send).client

    given.note(f"[clients.{client.name}] has {len(client.redirect_uris)} redirection URIs")


@requirement("rfc6749-3.1.2.2-each-registered-uri-served")
@pytest.mark.parametrize("name", ["confidential", "public", "other"])
def test_every_registered_uri_is_served(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = given.client(name)
    second_uri(client)
    response_type = any_response_type(given, client)

    answers = {
        uri: arrived_answer(given, send.authorize(client, response_type, redirect_uri=uri))
        for uri in client.redirect_uris
    }

    refused = [uri for uri, answer in answers.items() if answer.destination is None or answer.get("error")]
    expect.that(
        not refused, "every registered redirection URI to be served", f"not served: {', '.join(refused)}", about="place"
    )
