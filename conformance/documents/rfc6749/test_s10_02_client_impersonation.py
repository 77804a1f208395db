"""RFC 6749 section 10.2: client impersonation."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.consent import (
    asked_about_two_clients,
    common_scope,
    page_before_decision,
    seen_approved,
    told_of_scopes,
    told_only_by,
)
from conformance.procedures.public_clients import asked_at_first, asked_somebody, asked_twice, public_client
from conformance.procedures.redirects import any_response_type, expect_not_moved, missed_request
from conformance.procedures.token_refusals import client_with_secret, wrong_secret
from conformance.procedures.token_requests import token_request


@requirement("rfc6749-10.2-missing-client-credentials-refused")
def test_a_client_with_a_secret_has_to_show_it(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)

    reply = token_request(given, send, None, client, authentication="none")

    expect(reply).is_refused()


@requirement("rfc6749-10.2-wrong-client-secret-refused")
def test_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)

    reply = token_request(given, send, None, client, wrong_secret(given, client))

    expect(reply).is_refused()


@requirement("rfc6749-10.2-public-redirect-uri-must-be-registered")
def test_a_public_clients_unregistered_redirect_uri_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client, response_type = public_client(given)

    found = missed_request(given, send, "foreign-uri", client, response_type)

    expect(found.answer).grants_nothing()
    expect_not_moved(expect, found)


@requirement("rfc6749-10.2-owner-asked-for-public-client")
def test_the_owner_is_asked_about_a_public_client(given: Given, send: Send, expect: Expect) -> None:
    asked = asked_at_first(given, send)

    expect.that(asked, "the resource owner asked on a page", "a grant without any question")


@requirement("rfc6749-10.2-owner-authenticates-explicitly")
def test_nothing_is_granted_before_the_owner_signs_in(given: Given, send: Send, expect: Expect) -> None:
    response_type = any_response_type(given)
    seen_approved(given)

    answer = send.authorize(None, response_type, user_agent=given.nobodys_user_agent())

    expect(answer).grants_nothing()


@requirement("rfc6749-10.2-consent-page-names-client")
def test_the_page_that_asks_names_the_client(given: Given, send: Send, expect: Expect) -> None:
    one, other = asked_about_two_clients(given, send, scope=common_scope(given))
    again = page_before_decision(given, send, one.request, one.user_agent)

    names = told_only_by(one.page, again.reply, other.page)

    expect.that(bool(names), "a page that tells the client", "the same words for two clients")


@requirement("rfc6749-10.2-consent-page-shows-scope")
def test_the_page_that_asks_shows_the_scope(given: Given, send: Send, expect: Expect) -> None:
    told = told_of_scopes(given, send)

    expect.that(bool(told), "a page that tells the scope asked for", "the same words for two scopes", about="scope")


@requirement("rfc6749-10.2-public-repeat-needs-interaction")
def test_a_public_clients_request_is_not_repeated_silently(given: Given, send: Send, expect: Expect) -> None:
    _, second = asked_twice(given, send)

    expect.that(
        second.destination is None or asked_somebody(second),
        "the resource owner asked again",
        "a grant without any interaction",
    )
