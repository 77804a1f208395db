"""RFC 6749 section 7: accessing protected resources."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.exchange import Reply
from conformance.harness.procedures.resource_access import (
    USER_GRANTS,
    opening_token,
    refused_access,
    resource_answer,
    resource_grant,
    resource_opened,
)
from conformance.harness.procedures.token_responses import altered, by_each_grant, lifetime_of

# Seconds that clocks may differ, and that a server may be lenient by.
TOLERANCE = 60


def refused(expect: Expect, reply: Reply) -> None:
    """A decided answer that isn't the resource."""
    expect.that(300 <= reply.status < 500, "a refusal", reply)


@requirement("rfc6749-7-presented-token-opens-resource")
@by_each_grant(*USER_GRANTS, "client_credentials")
def test_a_good_token_opens_the_resource(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = resource_answer(given, send, grant)

    expect(reply).succeeds()


@requirement("rfc6749-7-invalid-token-refused")
def test_an_invented_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = refused_access(given, send)

    refused(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
def test_an_altered_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = resource_opened(given, send)

    reply = send.resource(altered(token))

    refused(expect, reply)


@requirement("rfc6749-7-invalid-token-refused")
@needs("authorization_code")
def test_a_code_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)

    reply = send.resource(given.authorization_code().value)

    refused(expect, reply)


@requirement("rfc6749-7-expired-token-refused")
def test_an_expired_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = opening_token(given, send)
    given.outlived(tokens.access_token, lifetime_of(given, tokens) + TOLERANCE)

    reply = send.resource(tokens.access_token)

    refused(expect, reply)


@requirement("rfc6749-7-insufficient-scope-refused")
def test_a_token_of_another_scope_is_refused(given: Given, send: Send, expect: Expect) -> None:
    resource_opened(given, send)
    tokens = given.tokens(resource_grant(given), scope=given.insufficient_scope())

    reply = send.resource(tokens.access_token)

    refused(expect, reply)
