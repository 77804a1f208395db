"""Bearer tokens at the protected resource (RFC 6750): ways to send one, refusals, and their challenges, parsed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.harness import needs
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send, bearer
from conformance.procedures import resource_access
from conformance.procedures.resource_access import (
    opening_token,
    refused_access,
    resource_opened,
)
from conformance.procedures.token_responses import altered, lifetime_of
from conformance.wire.challenges import Challenge, read_challenges
from conformance.wire.exchange import Reply
from conformance.wire.registries import EXTENSION_ERRORS, RFC6749_ERRORS

RESOURCE = "protected_resource"
# Seconds that clocks may differ, and that a server may be lenient by.
TOLERANCE = 60
Procedure = Callable[[Given, Send], Reply]


def bearer_challenges(reply: Reply) -> tuple[Challenge, ...]:
    """The Bearer challenges of an answer; all of its challenges where none is of that scheme."""
    found = read_challenges(reply)
    return tuple(each for each in found if each.scheme == "bearer") or found


def values(reply: Reply, attribute: str) -> list[str]:
    """All values of an attribute in the challenges of an answer."""
    return [value for each in bearer_challenges(reply) for name, value in each.attributes if name == attribute]


def codes_told(reply: Reply) -> list[str]:
    """The error codes of a refusal, in its challenges or, where none has any, in its body.

    What an API says under `error` in a body of its own ("Forbidden") is none of them.
    """
    error = reply.members.get("error")
    return values(reply, "error") or [code for code in (*RFC6749_ERRORS, *EXTENSION_ERRORS) if code == error]


def challenging_refusal(reply: Reply) -> Reply:
    """A refusal with a challenge; Vacuous where it has none, which is a mistake of its own."""
    if not reply.header_values("WWW-Authenticate"):
        raise Vacuous("there is no challenge that could tell anything: another requirement judges that")
    return reply


def most_often(reply: Reply, attribute: str) -> int:
    """How often an attribute stands in one challenge, at most."""
    return max(
        (sum(name == attribute for name, _ in each.attributes) for each in bearer_challenges(reply)),
        default=0,
    )


# Refusals


def _refused(reply: Reply, what: str) -> Reply:
    """A refusal for lack of authorization. What was served, and what another reason refused, says nothing of it."""
    if reply.status not in (400, 401, 403):
        raise Inconclusive(f"{what} should be refused by 400, 401 or 403, but got {reply}")
    return reply


def without_credentials(given: Given, send: Send) -> Reply:
    """A request that says nothing of who sends it, after a good token has opened the resource."""

    def procedure() -> Reply:
        resource_opened(given, send)
        return _refused(send.resource(None), "a request without a token")

    return given.observed("the protected resource without credentials", procedure)


def posted_without_credentials(given: Given, send: Send) -> Reply:
    """A form without a token, after one with a good token has opened the resource."""

    def procedure() -> Reply:
        form_opened(given, send)
        return _refused(send.form(RESOURCE, [("page", "1")]), "a form without a token")

    return given.observed("the protected resource with a form without a token", procedure)


def by_unknown_scheme(given: Given, send: Send) -> Reply:
    """A request that tries to authenticate in a way that nobody offers."""

    def procedure() -> Reply:
        resource_opened(given, send)
        value = given.invented("credentials")
        return _refused(send.resource(None, headers=[("Authorization", f"Example {value}")]), "an unknown scheme")

    return given.observed("the protected resource with an unknown scheme", procedure)


def reply_to_invented_token(given: Given, send: Send) -> Reply:
    """A token that nobody issued."""
    return _refused(refused_access(given, send), "an invented token")


def altered_token_answer(given: Given, send: Send) -> Reply:
    """A token of which one character was changed."""

    def procedure() -> Reply:
        token = opening_token(given, send)
        reply = send.resource(altered(token.value))
        given.control(token, after=reply)
        return _refused(reply, "an altered token")

    return given.observed("the protected resource with an altered token", procedure)


def reply_to_revoked_token(given: Given, send: Send) -> Reply:
    """A token that its client has revoked."""

    def procedure() -> Reply:
        token = opening_token(given, send)
        given.revoked(token.value, token.tokens.client)
        return _refused(send.resource(token.value), "a revoked token")

    return given.observed("the protected resource with a revoked token", procedure)


def reply_to_expired_token(given: Given, send: Send) -> Reply:
    """A token whose lifetime is over."""

    def procedure() -> Reply:
        token = opening_token(given, send)
        given.outlived(token.value, lifetime_of(given, token.tokens) + TOLERANCE)
        return _refused(send.resource(token.value), "an expired token")

    return given.observed("the protected resource with an expired token", procedure)


def of_other_scope(given: Given, send: Send) -> Reply:
    """A good token without the scope that the resource asks for."""
    return _refused(resource_access.of_other_scope(given, send), "a token without the scope")


def of_other_scope_in_form(given: Given, send: Send) -> Reply:
    """The same token in a form."""

    def procedure() -> Reply:
        form_opened(given, send)
        token = given.witnessed(given.tokens(resource_access.resource_grant(given), scope=given.insufficient_scope()))
        reply = send.form(RESOURCE, [("access_token", token.value)])
        given.control(token, after=reply)
        return reply

    return given.observed("the protected resource with a token of another scope in a form", procedure)


by_place = pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(of_other_scope, id="header"),
        pytest.param(
            lambda given, send: _refused(of_other_scope_in_form(given, send), "a token without the scope in a form"),
            id="form",
            marks=needs("bearer_form_body"),
        ),
    ],
)
by_ended_token = pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(reply_to_revoked_token, id="revoked", marks=needs("revocation")),
        pytest.param(reply_to_expired_token, id="expired"),
    ],
)
by_bad_token = pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(reply_to_invented_token, id="invented"),
        pytest.param(altered_token_answer, id="altered"),
        pytest.param(reply_to_revoked_token, id="revoked", marks=needs("revocation")),
        pytest.param(reply_to_expired_token, id="expired"),
    ],
)
by_refusal = pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(without_credentials, id="no-credentials"),
        pytest.param(reply_to_invented_token, id="invented"),
        pytest.param(of_other_scope, id="scope", marks=needs("scopes")),
    ],
)
by_failed_token = pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(reply_to_invented_token, id="invented"),
        pytest.param(of_other_scope, id="scope", marks=needs("scopes")),
    ],
)


# Other ways to send a token


def in_form(given: Given, send: Send, *more: tuple[str, str]) -> Reply:
    """A good token in a form, beside other parameters."""
    return send.form(RESOURCE, [*more, ("access_token", opening_token(given, send).value)])


def form_opened(given: Given, send: Send) -> Reply:
    """Positive control, seen once: a good token in a form opens the resource."""

    def procedure() -> Reply:
        return given.accepted(in_form(given, send), "a good token in a form")

    return given.observed("a good token in a form opens the protected resource", procedure)


def revoked_in_form(given: Given, send: Send) -> Reply:
    """A revoked token in a form. Vacuous where the header serves it too: a resource may trust what it was told."""
    form_opened(given, send)
    token = opening_token(given, send)
    given.revoked(token.value, token.tokens.client)
    with given.arranging():
        given.still_active(token)
        if send.resource(token.value).is_served:
            raise Vacuous("the resource serves a revoked token in the header as well")
    return send.form(RESOURCE, [("access_token", token.value)])


def in_body_of_get(given: Given, send: Send) -> Reply:
    """A good token in the body of a GET request."""
    token = opening_token(given, send)
    url = send.form_request(RESOURCE, ()).url
    reply = send.raw("GET", url, [("Content-Type", FORM)], f"access_token={token.value}")
    given.control(token, after=reply)
    return reply


def in_other_body(given: Given, send: Send, media_type: str) -> Reply:
    """The bytes of a form with a good token, said to be of another media type."""
    form_opened(given, send)
    token = opening_token(given, send)
    request = send.form_request(RESOURCE, [("access_token", token.value)])
    reply = send.raw("POST", request.url, [("Content-Type", media_type)], request.body)
    given.control(token, after=reply)
    return reply


def in_query(given: Given, send: Send, *more: tuple[str, str]) -> Reply:
    """A good token in the query, beside other parameters."""
    return send.form(RESOURCE, [*more, ("access_token", opening_token(given, send).value)], method="GET")


def query_opened(given: Given, send: Send) -> Reply:
    """Positive control, seen once: a good token in the query opens the resource."""

    def procedure() -> Reply:
        return given.accepted(in_query(given, send), "a good token in the query")

    return given.observed("a good token in the query opens the protected resource", procedure)


def in_header_and_form(given: Given, send: Send) -> Reply:
    """A good token by two methods."""

    def procedure() -> Reply:
        form_opened(given, send)
        return _in_excess(given, send, lambda token: send.form(RESOURCE, [("access_token", token)], [bearer(token)]))

    return given.observed("a good token in header and form", procedure)


def twice_in_form(given: Given, send: Send) -> Reply:
    """A good token twice in one form."""

    def procedure() -> Reply:
        form_opened(given, send)
        return _in_excess(given, send, lambda token: send.form(RESOURCE, [("access_token", token)] * 2))

    return given.observed("a good token twice in a form", procedure)


def in_header_and_query(given: Given, send: Send) -> Reply:
    """A good token by two methods, one of them the query."""

    def procedure() -> Reply:
        query_opened(given, send)
        return _in_excess(
            given, send, lambda token: send.form(RESOURCE, [("access_token", token)], [bearer(token)], method="GET")
        )

    return given.observed("a good token in header and query", procedure)


def _in_excess(given: Given, send: Send, request: Callable[[str], Reply]) -> Reply:
    token = opening_token(given, send)
    reply = request(token.value)
    given.control(token, after=reply)
    return reply


by_excess = pytest.mark.parametrize(
    "excess",
    [
        pytest.param(in_header_and_form, id="header-and-form", marks=needs("bearer_form_body")),
        pytest.param(twice_in_form, id="twice-in-form", marks=needs("bearer_form_body")),
        pytest.param(in_header_and_query, id="header-and-query", marks=needs("bearer_query")),
    ],
)


def refusal_of(reply: Reply) -> Reply:
    """An answer that refuses; Vacuous where the server serves such requests."""
    if reply.is_served:
        raise Vacuous("the server serves such requests")
    return reply


def insecure_cookies_with(token: str, reply: Reply | None) -> list[str]:
    """The names of cookies that hold a token and may be sent in the clear."""
    sent = reply.header_values("Set-Cookie") if reply else ()
    cookies = [header for header in sent if token in header.partition(";")[0]]
    attributes = {header: [part.strip().lower() for part in header.split(";")[1:]] for header in cookies}
    return [header.partition("=")[0] for header in cookies if "secure" not in attributes[header]]
