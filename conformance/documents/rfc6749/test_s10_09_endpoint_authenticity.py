"""RFC 6749 section 10.9: ensuring endpoint authenticity."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.plain_http import (
    authorization_request_in_the_clear,
    certificate_checked,
    expect_unserved,
    token_request_in_the_clear,
)
from conformance.procedures.redirects import any_response_type


@requirement("rfc6749-10.9-authorization-requires-tls")
def test_no_authorization_request_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send, any_response_type(given))

    expect_unserved(expect, probe, "an authorization request")


@requirement("rfc6749-10.9-token-requires-tls")
def test_no_token_request_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, token_request_in_the_clear(given, send), "a token request")


@requirement("rfc6749-10.9-authorization-certificate-verifies")
def test_the_authorization_endpoint_shows_a_good_certificate(given: Given, send: Send, expect: Expect) -> None:
    handshake = certificate_checked(given, send, "authorization")

    expect.that(
        handshake.succeeded, "a certificate that verifies for the authorization endpoint's host", handshake.failure
    )


@requirement("rfc6749-10.9-token-certificate-verifies")
def test_the_token_endpoint_shows_a_good_certificate(given: Given, send: Send, expect: Expect) -> None:
    handshake = certificate_checked(given, send, "token")

    expect.that(handshake.succeeded, "a certificate that verifies for the token endpoint's host", handshake.failure)
