"""RFC 6750 section 5.2: threat mitigation."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.bearer import insecure_cookies_with
from conformance.procedures.plain_http import (
    expect_unserved,
    handshake,
    resource_request_in_the_clear,
    token_request_in_the_clear,
)
from conformance.procedures.resource_access import opening_token, resource_grant, resource_opened
from conformance.procedures.sampling import guessing_hint
from conformance.procedures.token_responses import altered, lifetime_of
from conformance.procedures.token_samples import access_tokens

# Seconds that clocks may differ, and that a server may be lenient by.
TOLERANCE = 60


@requirement("rfc6750-5.2-tokens-unguessable")
def test_tokens_show_no_pattern(given: Given, expect: Expect) -> None:
    weakness = guessing_hint(access_tokens(given))

    given.note("no weakness seen")
    expect.that(weakness is None, "access tokens in which no weakness shows", weakness, breach="act")


@requirement("rfc6750-5.2-token-integrity")
def test_a_modified_token_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)

    reply = send.resource(altered(token.value))
    given.control(token, after=reply)

    expect.that(reply.is_refusal, "a refusal", reply, breach="act", about="refusal")


@requirement("rfc6750-5.2-scope-restricts-use")
def test_a_token_of_another_scope_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)
    tokens = given.tokens(resource_grant(given), scope=given.insufficient_scope())

    reply = send.resource(tokens.access_token)

    expect.that(reply.is_refusal, "a refusal", reply, breach="act", about="refusal")


@requirement("rfc6750-5.2-tls-implemented")
@needs("token_endpoint")
def test_tls_is_spoken(given: Given, send: Send, expect: Expect) -> None:
    found = handshake(given, send, "token")

    expect.that(found.succeeded, "a handshake in TLS 1.2 or 1.3", found.failure)


@requirement("rfc6750-5.2-confidentiality-applied")
def test_no_token_is_issued_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, token_request_in_the_clear(given, send), "a token request")


@requirement("rfc6750-5.2-confidentiality-applied")
@needs("protected_resource")
def test_no_token_is_taken_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, resource_request_in_the_clear(given, send), "a protected resource request")


@requirement("rfc6750-5.2-tokens-not-in-open-cookies")
def test_no_token_stands_in_an_open_cookie(given: Given, expect: Expect) -> None:
    tokens = given.tokens()

    found = insecure_cookies_with(tokens.access_token, tokens.reply)

    expect.that(not found, "no token in a cookie without Secure", f"one in {', '.join(found)}", breach="act")


@requirement("rfc6750-5.2-tokens-not-in-open-cookies")
def test_the_resource_puts_no_token_in_an_open_cookie(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)

    found = insecure_cookies_with(token.value, send.resource(token.value))

    expect.that(not found, "no token in a cookie without Secure", f"one in {', '.join(found)}", breach="act")


@requirement("rfc6750-5.2-lifetime-limited")
def test_a_token_is_over_after_its_lifetime(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)
    given.outlived(token.value, lifetime_of(given, token.tokens) + TOLERANCE)

    reply = send.resource(token.value)

    expect.that(reply.is_refusal, "a refusal", reply, breach="act", about="refusal")
