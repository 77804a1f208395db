"""RFC 6749 section 10.6: authorization code redirection URI manipulation."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.redirects import expect_not_moved, missed_request, near_misses
from conformance.procedures.token_requests import code_exchange_seen


@requirement("rfc6749-10.6-different-redirect-uri-refused")
def test_another_redirect_uri_at_the_exchange_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri="https://attacker.example/")

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-10.6-missing-redirect-uri-refused")
def test_no_redirect_uri_at_the_exchange_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=OMIT)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-10.6-public-client-must-register")
def test_no_code_for_a_public_clients_unregistered_redirect_uri(given: Given, send: Send, expect: Expect) -> None:
    client = given.client("public")

    found = missed_request(given, send, "foreign-uri", client, "code")

    expect(found.answer).issues_nothing()


@requirement("rfc6749-10.6-confidential-client-should-register")
def test_no_code_for_a_confidential_clients_unregistered_redirect_uri(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_with_secret("authorization_code")

    found = missed_request(given, send, "foreign-uri", client, "code")

    expect(found.answer).issues_nothing()


@requirement("rfc6749-10.6-redirect-uri-validated")
@pytest.mark.parametrize("name", near_misses("foreign", "authority"))
def test_a_redirect_uri_that_resembles_a_registered_one_is_refused(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    found = missed_request(given, send, name, response_type="code")

    expect(found.answer).issues_nothing()
    expect_not_moved(expect, found)
