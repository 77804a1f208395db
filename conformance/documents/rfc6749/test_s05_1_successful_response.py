"""RFC 6749 section 5.1: successful response."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.tokens import ActiveToken
from conformance.procedures.applied_scopes import (
    ScopeOfToken,
    expect_difference_told,
    expect_true,
    of_all,
    of_none,
    of_too_many,
)
from conformance.procedures.token_requests import with_refresh_token
from conformance.procedures.token_responses import (
    SCOPED_GRANTS,
    UNMISTAKABLE,
    announced_lifetime,
    by_each_grant,
    nested_only,
    parameter,
    parameters,
    token_response,
    token_responses,
)
from conformance.wire.content import is_json

# Grants whose tokens may have a lifetime of their own. Where nothing makes them older, introspection's `exp` decides.
LIFETIMES = (*SCOPED_GRANTS, "refresh_token")
Scope = Callable[[Given, Send, str], ScopeOfToken]
# Seconds that clocks may differ, and that a server may be lenient by.
TOLERANCE = 60
STRINGS = ("access_token", "token_type", "refresh_token", "scope")


@requirement("rfc6749-5.1-success-status-200")
@by_each_grant()
def test_the_status_is_200(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect(reply).has_status(200)
    expect.that(bool(parameters(reply)), "the parameters in the body", reply)


@requirement("rfc6749-5.1-access-token-present")
@by_each_grant()
def test_there_is_an_access_token(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.that(
        bool(parameters(reply).get("access_token")), "an access_token that is not empty", reply, about="access_token"
    )


@requirement("rfc6749-5.1-token-type-present")
@by_each_grant()
def test_there_is_a_token_type(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.that(bool(parameters(reply).get("token_type")), "a token_type that is not empty", reply, about="token_type")


@requirement("rfc6749-5.1-expires-in-present")
@by_each_grant()
def test_the_lifetime_is_told(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.that("expires_in" in parameters(reply), "the lifetime in expires_in", reply, about="expires_in")


@requirement("rfc6749-5.1-expires-in-counts-seconds")
def test_a_token_dies_when_expires_in_is_over(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens()
    lifetime = announced_lifetime(tokens)
    token = given.active_token(tokens)

    given.outlived(token.value, lifetime + TOLERANCE)

    expect(token).is_inactive()


@requirement("rfc6749-5.1-expires-in-counts-seconds")
def test_a_token_lives_until_expires_in_is_over(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens()
    lifetime = announced_lifetime(tokens)
    token = given.active_token(tokens)

    given.outlived(token.value, max(lifetime * 0.9 - 1, 0))

    expect(token).is_active()


@requirement("rfc6749-5.1-expires-in-counts-seconds")
@by_each_grant(*LIFETIMES)
def test_a_token_of_each_grant_dies_when_expires_in_is_over(
    given: Given, send: Send, expect: Expect, grant: str
) -> None:
    token, lifetime = live_by(given, grant)

    given.aged(token.value, lifetime + TOLERANCE)

    expect(token).is_inactive()


@requirement("rfc6749-5.1-expires-in-counts-seconds")
@by_each_grant(*LIFETIMES)
def test_a_token_of_each_grant_lives_until_expires_in_is_over(
    given: Given, send: Send, expect: Expect, grant: str
) -> None:
    token, lifetime = live_by(given, grant)

    given.aged(token.value, max(lifetime * 0.9 - 1, 0))

    expect(token).is_active()


@requirement("rfc6749-5.1-refresh-token-optional")
def test_a_refresh_token_may_come(given: Given, send: Send) -> None:
    having = [grant for grant, reply in token_responses(given, send).items() if "refresh_token" in parameters(reply)]

    given.note(f"a refresh token comes by: {', '.join(having) or 'no grant'}")


@requirement("rfc6749-5.1-refresh-token-redeemable")
@by_each_grant("client_credentials", "password", "authorization_code")
def test_a_refresh_token_obtains_an_access_token(given: Given, send: Send, expect: Expect, grant: str) -> None:
    tokens = with_refresh_token(given.tokens(grant))

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-5.1-scope-present-when-different")
@by_each_grant(*SCOPED_GRANTS)
@pytest.mark.parametrize("judged", [of_all, of_too_many], ids=["all-scopes", "one-too-many"])
def test_a_scope_that_differs_is_told(given: Given, send: Send, expect: Expect, grant: str, judged: Scope) -> None:
    scope = judged(given, send, grant)

    expect_difference_told(expect, scope)


@requirement("rfc6749-5.1-same-scope-may-be-omitted")
@by_each_grant(*SCOPED_GRANTS)
def test_the_same_scope_may_be_left_out(given: Given, send: Send, grant: str) -> None:
    scope = of_all(given, send, grant)

    given.note(f"{grant}: {scope}")


@requirement("rfc6749-5.1-default-scope-told")
@by_each_grant(*SCOPED_GRANTS)
def test_a_default_scope_is_told(given: Given, send: Send, expect: Expect, grant: str) -> None:
    scope = of_none(given, send, grant)

    expect_difference_told(expect, scope)


@requirement("rfc6749-5.1-scope-names-granted-scope")
@by_each_grant(*SCOPED_GRANTS)
@pytest.mark.parametrize("judged", [of_all, of_too_many], ids=["all-scopes", "one-too-many"])
def test_the_scope_told_is_the_tokens_own(given: Given, send: Send, expect: Expect, grant: str, judged: Scope) -> None:
    scope = judged(given, send, grant)

    expect_true(expect, scope)


@requirement("rfc6749-5.1-success-media-type-json")
@by_each_grant()
def test_the_answer_is_json(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect(reply).has_media_type("application/json")
    expect.that(is_json(reply.body), "a body that is JSON", reply)


@requirement("rfc6749-5.1-success-top-level-members")
@by_each_grant()
def test_parameters_stand_at_the_top_level(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect(reply).is_a_json_object()
    below = nested_only(reply, *UNMISTAKABLE)
    expect.that(
        not below, "every parameter at the top level", f"{', '.join(below)} below it", breach="act", about=tuple(below)
    )


@requirement("rfc6749-5.1-success-strings-as-strings")
@by_each_grant()
def test_strings_are_json_strings(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    others = [name for name in STRINGS if name in parameters(reply) and not isinstance(reply.members.get(name), str)]
    expect.that(
        not others,
        f"{', '.join(STRINGS)} as JSON strings",
        f"{', '.join(others)} as something else",
        breach="act",
        about=tuple(others),
    )


@requirement("rfc6749-5.1-success-numbers-as-numbers")
@by_each_grant()
def test_numbers_are_json_numbers(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)
    parameter(reply, "expires_in")

    expect(reply).has_member("expires_in", int, float)


@requirement("rfc6749-5.1-token-response-no-store")
@by_each_grant()
def test_no_cache_stores_the_answer(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect(reply).has_header("Cache-Control", "no-store")


@requirement("rfc6749-5.1-token-response-pragma-no-cache")
@by_each_grant()
def test_no_old_cache_keeps_the_answer(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect(reply).has_header("Pragma", "no-cache")


def live_by(given: Given, grant: str) -> tuple[ActiveToken, float]:
    """A live access token by a grant, with the seconds that its answer tells it to live."""
    tokens = given.refreshed(given.refreshable()) if grant == "refresh_token" else given.tokens(grant)
    return given.active_token(tokens), announced_lifetime(tokens)
