"""RFC 6749 section 7: accessing protected resources."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.bearer import form_opened, of_other_scope_in_form, revoked_in_form
from conformance.procedures.resource_access import (
    USER_GRANTS,
    in_other_case,
    narrowed_by_refresh,
    of_other_scope,
    opening_token,
    refused_access,
    resource_answer,
    resource_opened,
)
from conformance.procedures.token_responses import altered, by_each_grant, lifetime_of
from conformance.wire.exchange import Reply

# More characters than a token of this kind has, and fewer than what HTTP servers take in a header.
LONG = 1000
# Seconds that clocks may differ, and that a server may be lenient by.
TOLERANCE = 60


def expect_refusal(expect: Expect, reply: Reply) -> None:
    """A decided answer that isn't the resource."""
    expect.that(reply.is_refusal, "a refusal", reply, breach="act", about="refusal")


@requirement("rfc6749-7-presented-token-opens-resource")
@by_each_grant(*USER_GRANTS, "client_credentials")
def test_a_good_token_opens_the_resource(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = resource_answer(given, send, grant)

    expect(reply).succeeds()


@requirement("rfc6749-7-invalid-token-refused")
def test_an_invented_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = refused_access(given, send)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
def test_an_altered_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)

    reply = send.resource(altered(token.value))
    given.control(token, after=reply)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
def test_a_token_in_the_other_case_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)

    reply = send.resource(in_other_case(token.value))
    given.control(token, after=reply)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
def test_an_empty_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)

    # HTTP has no space at the end of a header: this is what a client sends whose token is empty.
    reply = send.resource(None, headers=[("Authorization", "Bearer")])

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
def test_a_long_invented_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)

    reply = send.resource(f"{given.invented('access_token')}{'A' * LONG}")

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
@needs("authorization_code")
def test_a_code_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)
    code = given.authorization_code()

    reply = send.resource(code.value)
    given.control(code, after=reply)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
@needs("bearer_form_body", "revocation")
def test_a_revoked_token_in_a_form_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = revoked_in_form(given, send)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
@needs("bearer_form_body", "refresh_token")
def test_a_refresh_token_in_a_form_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    form_opened(given, send)
    tokens = given.refreshable()

    reply = send.form("protected_resource", [("access_token", tokens.refresh_token or "")])

    expect_refusal(expect, reply)


@requirement("rfc6749-7-insufficient-scope-refused")
@needs("bearer_form_body")
def test_a_token_of_another_scope_in_a_form_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = of_other_scope_in_form(given, send)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-expired-token-refused")
def test_an_expired_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)
    given.outlived(token.value, lifetime_of(given, token.tokens) + TOLERANCE)

    reply = send.resource(token.value)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-insufficient-scope-refused")
@needs("refresh_token")
def test_a_token_that_a_refresh_narrowed_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = narrowed_by_refresh(given, send)

    expect_refusal(expect, reply)


@requirement("rfc6749-7-insufficient-scope-refused")
def test_a_token_of_another_scope_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = of_other_scope(given, send)

    expect_refusal(expect, reply)
