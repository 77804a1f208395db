"""RFC 6749 section 10.11: phishing attacks."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.end_user_pages import pages_in_the_clear, tour
from conformance.procedures.plain_http import authorization_request_in_the_clear, certificate_checked
from conformance.procedures.redirects import any_response_type


@requirement("rfc6749-10.11-site-authenticity-can-be-confirmed")
def test_the_site_shows_a_good_certificate(given: Given, send: Send, expect: Expect) -> None:
    handshake = certificate_checked(given, send, "authorization")

    expect.that(handshake.succeeded, "a certificate that tells whose site asks for the password", handshake.failure)


@requirement("rfc6749-10.11-end-user-pages-require-tls")
def test_an_authorization_request_in_the_clear_shows_no_page(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send, any_response_type(given))

    expect.that(not probe.pages, "no sign-in or consent page over plain HTTP", probe, breach="act", about="plain HTTP")


@requirement("rfc6749-10.11-end-user-pages-require-tls")
def test_no_page_that_asks_something_is_there_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    served = pages_in_the_clear(given, send)

    expect.that(
        not served,
        "no sign-in or consent page over plain HTTP",
        f"{len(served)} of them",
        breach="act",
        about="plain HTTP",
    )


@requirement("rfc6749-10.11-end-user-stays-on-tls")
def test_nothing_leads_the_owner_to_plain_http(given: Given, send: Send, expect: Expect) -> None:
    ways = tour(given, send).ways_in_the_clear

    expect.that(
        not ways, "no link, form or redirect to plain HTTP", f"{len(ways)} of them", breach="act", about="plain HTTP"
    )
