"""RFC 6749 section 2.3.1: client password."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.send import Change
from conformance.procedures.client_authentication import (
    BY_BODY,
    by_basic,
    client_by_basic,
    client_by_body,
    client_served,
    declared_for_body,
    expect_authenticated,
    expect_served,
    in_either_spelling,
    own_request,
    rightly_sent,
    unencoded,
    with_credentials_in_uri,
    with_scheme,
    with_wrong_secret,
)
from conformance.procedures.credentials_in_uri import as_client_in_uri
from conformance.procedures.guessing import client_secret_guessed
from conformance.procedures.introspection import live_token, says_active
from conformance.procedures.introspection_callers import asked_by_special, expect_nothing_told
from conformance.procedures.plain_http import expect_unserved, token_request_in_the_clear
from conformance.procedures.revocation import client_let_in
from conformance.procedures.token_requests import outcome, reply_to_request, token_request


@requirement("rfc6749-2.3.1-basic-accepted-when-used")
@pytest.mark.parametrize("name", ["confidential", "other", "special"])
def test_basic_alone_is_enough(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = by_basic(given.client(name))

    reply = in_either_spelling(given, send, client)

    expect_served(expect, rightly_sent(given, send, client, reply))


@requirement("rfc6749-2.3.1-basic-accepted-when-used")
def test_the_scheme_may_be_written_in_lower_case(given: Given, send: Send, expect: Expect) -> None:
    client = client_by_basic(given, send)

    reply = token_request(given, send, None, client, **with_scheme(client, "basic"))

    expect_served(expect, reply)


@requirement("rfc6749-2.3.1-basic-credentials-form-decoded")
def test_basic_credentials_are_form_decoded(given: Given, send: Send, expect: Expect) -> None:
    client = given.client("special")

    reply = own_request(given, send, by_basic(client))

    expect_served(expect, rightly_sent(given, send, client, reply))


@requirement("rfc6749-2.3.1-basic-credentials-form-decoded")
@needs("introspection")
def test_basic_credentials_of_an_introspection_are_form_decoded(given: Given, send: Send, expect: Expect) -> None:
    reply = asked_by_special(given, send)

    expect.that(says_active(reply), "the same as with the credentials in the body", reply)


@requirement("rfc6749-2.3.1-basic-supported")
def test_the_right_password_is_served(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_authenticating_by("client_secret_basic")

    reply = own_request(given, send, client)

    expect_authenticated(expect, reply)


@requirement("rfc6749-2.3.1-basic-supported")
@pytest.mark.parametrize("wrong", ["longer", "shorter", "other-case", "space-before", "space-behind"])
def test_a_wrong_password_is_refused(given: Given, send: Send, expect: Expect, wrong: str) -> None:
    client = client_by_basic(given, send)

    reply = token_request(given, send, None, client, with_wrong_secret(client, wrong))

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-basic-supported")
def test_a_password_with_more_behind_a_colon_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_by_basic(given, send)

    reply = token_request(given, send, None, client, **unencoded(client, f"{client.client_secret}:more"))

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-body-credentials")
def test_credentials_may_come_in_the_body(given: Given, send: Send) -> None:
    client = given.client_with_secret()

    reply = token_request(given, send, None, client, authentication=BY_BODY)

    given.note(f"credentials of [clients.{client.name}] in the body: {reply}")


@requirement("rfc6749-2.3.1-body-parameters-authenticate")
def test_credentials_in_the_body_authenticate(given: Given, send: Send, expect: Expect) -> None:
    client = declared_for_body(given)

    reply = own_request(given, send, client)

    expect_authenticated(expect, reply)
    given.issued(reply, f"a token request of [clients.{client.name}] with credentials in the body")


@requirement("rfc6749-2.3.1-client-id-required")
def test_a_secret_without_client_id_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_by_body(given, send)

    reply = token_request(given, send, None, client, client_id=OMIT)

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-client-id-its-own")
def test_a_good_secret_beside_an_invented_client_id_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_by_body(given, send)

    reply = token_request(given, send, None, client, client_id=given.invented("client_id"))

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-client-secret-required")
@pytest.mark.parametrize("secret", [pytest.param(OMIT, id="missing"), pytest.param("", id="empty")])
def test_a_client_without_its_secret_is_refused(given: Given, send: Send, expect: Expect, secret: Change) -> None:
    client = client_by_body(given, send)

    reply = token_request(given, send, None, client, client_secret=secret)

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-client-secret-its-own")
@pytest.mark.parametrize("wrong", ["longer", "shorter", "other-case", "space-before", "space-behind"])
def test_a_wrong_secret_in_the_body_is_refused(given: Given, send: Send, expect: Expect, wrong: str) -> None:
    client = client_by_body(given, send)

    reply = token_request(given, send, None, client, with_wrong_secret(client, wrong))

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-empty-secret-omitted-or-sent")
def test_an_empty_secret_is_the_same_as_none(given: Given, send: Send, expect: Expect) -> None:
    client = given.client("public")
    without = token_request(given, send, "authorization_code", client)

    reply = token_request(given, send, "authorization_code", client, client_secret="")

    given.issued(without, "a public client's code exchange without client_secret")
    expect.that(outcome(reply) == outcome(without), f"the same as without client_secret ({without})", reply)


@requirement("rfc6749-2.3.1-credentials-in-uri-refused")
def test_credentials_in_the_uri_are_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, given.client_with_secret())

    reply = reply_to_request(send, with_credentials_in_uri(given, send, client))

    expect(reply).is_refused()


@requirement("rfc6749-2.3.1-credentials-in-uri-refused")
@needs("revocation")
def test_credentials_in_the_uri_of_a_revocation_are_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_let_in(given, send, given.client_with_secret())
    token = given.active_token(given.tokens(client=client))

    reply_to_request(send, as_client_in_uri(send, "revocation", client, token.value))

    # What a refused revocation is answered with is RFC 7009's matter; served is the one that ends the token.
    expect(token).is_active()


@requirement("rfc6749-2.3.1-credentials-in-uri-refused")
@needs("introspection")
def test_credentials_in_the_uri_of_an_introspection_are_refused(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = reply_to_request(send, as_client_in_uri(send, "introspection", given.introspecting_client(), token))

    expect_nothing_told(expect, reply)


@requirement("rfc6749-2.3.1-tls-required-for-password")
def test_a_password_over_plain_http_is_not_served(given: Given, send: Send, expect: Expect) -> None:
    probe = token_request_in_the_clear(given, send, given.client_with_secret())

    expect_unserved(expect, probe, "a token request with a password")


@requirement("rfc6749-2.3.1-guessing-held-off-at-token")
def test_guessing_in_the_body_of_token_requests_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "token_in_body")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-2.3.1-guessing-held-off-at-introspection")
def test_guessing_in_the_body_of_introspection_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "introspection_in_body")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-2.3.1-guessing-held-off-at-token")
def test_guessing_at_the_token_endpoint_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "token")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-2.3.1-guessing-held-off-at-revocation")
def test_guessing_at_revocation_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "revocation")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-2.3.1-guessing-held-off-at-introspection")
def test_guessing_at_introspection_is_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "introspection")

    expect.that(guessing.held_off, guessing.wanted, guessing)
