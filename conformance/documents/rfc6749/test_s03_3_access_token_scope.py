"""RFC 6749 section 3.3: access token scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.applied_scopes import (
    ScopeOfToken,
    expect_difference_told,
    expect_true,
    is_refused_or_granted,
    of_all,
    of_too_many,
    of_unknown,
    scope_of,
    unknown_alone,
    with_words_apart,
)
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.detours import scope_by_detour
from conformance.procedures.refreshing import of_narrower_refresh
from conformance.procedures.scopes import (
    UNFIT,
    in_full,
    in_other_case,
    is_list_of,
    is_processed_or_invalid_scope,
    obtained_scope,
    oddly_asked,
    seen_alone,
)
from conformance.procedures.second_passwords import scope_at_second_try
from conformance.procedures.tabs import SIDE_BY_SIDE, Order, Place, scopes_of
from conformance.procedures.token_responses import token_response

# The two ways to a token by the authorization endpoint, with what comes back.
BY_EACH_RESPONSE_TYPE = pytest.mark.parametrize(
    ("response_type", "grant", "grants"),
    [
        pytest.param("code", "authorization_code", "code", marks=needs("authorization_code"), id="code"),
        pytest.param("token", "implicit", "access_token", marks=needs("implicit"), id="token"),
    ],
)
# By the cheapest grant, and by the one that asks for a scope at the authorization endpoint.
AT_EACH_ENDPOINT = pytest.mark.parametrize(
    "grant",
    [
        pytest.param(None, marks=needs("token_endpoint"), id="token"),
        pytest.param("authorization_code", marks=needs("authorization_code"), id="authorization"),
    ],
)


@requirement("rfc6749-3.3-scope-at-authorization-endpoint")
@BY_EACH_RESPONSE_TYPE
def test_a_scope_is_taken_at_the_authorization_endpoint(
    given: Given, send: Send, expect: Expect, response_type: str, grant: str, grants: str
) -> None:
    given.came_back(given.approval(None, response_type))

    answer = send.authorize(None, response_type, scope=given.scopes(grant)[0])

    expect(arrived_answer(given, answer)).carries(grants)


@requirement("rfc6749-3.3-scope-at-authorization-endpoint")
@needs("authorization_code")
def test_a_scope_counts_when_sign_in_comes_in_between(given: Given, send: Send, expect: Expect) -> None:
    scope = scope_by_detour(given, send)

    expect.that(
        scope.at_least == scope.asked, "the scope that the same request brings after sign-in", scope, about="scope"
    )


@requirement("rfc6749-3.3-scope-at-authorization-endpoint")
@needs("authorization_code")
def test_a_scope_counts_when_a_wrong_password_comes_in_between(given: Given, send: Send, expect: Expect) -> None:
    scope = scope_at_second_try(given, send)

    expect.that(scope.at_least == scope.asked, "the scope that the same request brings else", scope, about="scope")


@requirement("rfc6749-3.3-scope-at-authorization-endpoint")
@needs("authorization_code")
@SIDE_BY_SIDE
def test_the_scope_of_one_request_is_not_that_of_another(
    given: Given, send: Send, expect: Expect, place: Place, order: Order
) -> None:
    scopes = scopes_of(given, send, place, order)

    mixed = [scope for scope in scopes if scope.at_least != scope.asked]
    expect.that(not mixed, "the scope that was approved", "; ".join(map(str, mixed)), breach="act", about="scope")


@requirement("rfc6749-3.3-scope-at-token-endpoint")
def test_a_scope_is_taken_at_the_token_endpoint(given: Given, send: Send, expect: Expect) -> None:
    grant = given.any_grant()
    given.tokens(grant)

    result = obtained_scope(given, send, given.scopes(grant)[0], grant)

    expect(result.reply).issues_a_token()


@requirement("rfc6749-3.3-response-scope-is-true")
@AT_EACH_ENDPOINT
def test_the_scope_told_is_that_of_the_token(given: Given, send: Send, expect: Expect, grant: str | None) -> None:
    scope = of_all(given, send, grant or given.any_grant())

    expect_true(expect, with_words_apart(scope))


@requirement("rfc6749-3.3-response-scope-is-list")
@AT_EACH_ENDPOINT
def test_the_scope_told_is_one_string_with_spaces(given: Given, send: Send, expect: Expect, grant: str | None) -> None:
    grant = grant or given.any_grant()

    told = token_response(given, send, grant).members.get("scope") or ""

    expect.that(
        is_list_of(given.scopes(grant), told),
        "one string with spaces between the names",
        repr(told),
        breach="act",
        about="scope",
    )


@requirement("rfc6749-3.3-space-delimited-list-read")
def test_two_scopes_with_a_space_between_are_read(given: Given, send: Send, expect: Expect) -> None:
    first, second = given.scopes(given.any_grant(), at_least=2)[:2]
    seen_alone(given, send, (first, second))

    both = obtained_scope(given, send, f"{second} {first}")

    expect.that(both.issued, "a token, as for each of the two scopes alone", both)


@requirement("rfc6749-3.3-case-differs-not-same")
@AT_EACH_ENDPOINT
def test_scopes_are_case_sensitive(given: Given, send: Send, expect: Expect, grant: str | None) -> None:
    given.issued(obtained_scope(given, send, in_full(given, grant), grant).reply)
    names = in_other_case(given.scopes(grant or given.any_grant()))
    invented = obtained_scope(given, send, " ".join(given.invented("scope") for _ in names), grant)

    swapped = obtained_scope(given, send, " ".join(names), grant)

    more = swapped.granted - set(names) - invented.granted
    expect.that(swapped.issued <= invented.issued and not more, f"what unknown names get ({invented})", swapped)


@requirement("rfc6749-3.3-invented-scope-not-granted")
@AT_EACH_ENDPOINT
def test_an_unknown_scope_is_not_granted(given: Given, send: Send, expect: Expect, grant: str | None) -> None:
    good = in_full(given, grant)
    given.issued(obtained_scope(given, send, good, grant).reply)
    unknown = given.invented("scope")

    result = obtained_scope(given, send, f"{good} {unknown}", grant)

    is_honest = is_refused_or_granted(given, send, result, unknown)
    expect.that(
        is_honest,
        "a refusal, or no word of an unknown name that the token lacks",
        result,
        breach="act",
        about=("refusal", "scope"),
    )


@requirement("rfc6749-3.3-invented-scope-not-granted")
@AT_EACH_ENDPOINT
def test_unknown_scopes_alone_are_not_granted(given: Given, send: Send, expect: Expect, grant: str | None) -> None:
    unknown, result = unknown_alone(given, send, grant or given.any_grant())

    is_honest = is_refused_or_granted(given, send, result, unknown)
    expect.that(
        is_honest,
        "a refusal, or no word of an unknown name that the token lacks",
        result,
        breach="act",
        about=("refusal", "scope"),
    )


@requirement("rfc6749-3.3-order-of-scopes-irrelevant")
def test_the_order_of_scopes_does_not_matter(given: Given, send: Send, expect: Expect) -> None:
    first, second = given.scopes(given.any_grant(), at_least=2)[:2]
    one_way = obtained_scope(given, send, f"{first} {second}")
    given.issued(one_way.reply)

    other_way = obtained_scope(given, send, f"{second} {first}")

    expect.that(other_way.words == one_way.words, f"what the other order gets ({one_way})", other_way)


@requirement("rfc6749-3.3-each-scope-counts")
def test_each_scope_asked_for_counts(given: Given, send: Send, expect: Expect) -> None:
    first, second = given.scopes(given.any_grant(), at_least=2)[:2]
    seen_alone(given, send, (first, second))

    both = obtained_scope(given, send, f"{first} {second}")

    expect(both.reply).issues_a_token()
    left_out = {first, second} & with_words_apart(scope_of(given, send, both.token)).overstated
    expect.that(not left_out, f"both scopes, or word that {' and '.join(left_out)} is left out", both, about="scope")


@requirement("rfc6749-3.3-response-scope-grammar")
def test_scopes_in_answers_are_well_formed(given: Given, send: Send, expect: Expect) -> None:
    results = oddly_asked(given, send).values()

    expect.syntax("scope", [result.text for result in results if result.has_text])


@requirement("rfc6749-3.3-malformed-scope-not-granted")
@pytest.mark.parametrize("what", UNFIT)
def test_a_malformed_scope_is_not_granted(given: Given, send: Send, expect: Expect, what: str) -> None:
    result = oddly_asked(given, send)[what]

    expect.that(
        result.lacks_text(UNFIT[what]),
        "a refusal, or a scope that lacks the malformed name",
        result,
        breach="act",
        about=("refusal", "scope"),
    )


@requirement("rfc6749-3.3-requested-scope-ignored")
def test_whether_another_scope_than_the_requested_one_is_granted(given: Given, send: Send) -> None:
    given.note(str(of_all(given, send, given.any_grant())))


@requirement("rfc6749-3.3-different-scope-reported")
@AT_EACH_ENDPOINT
@pytest.mark.parametrize("judged", [of_all, of_too_many, of_unknown], ids=["all-scopes", "one-too-many", "unknown"])
def test_a_scope_that_differs_is_told(
    given: Given, send: Send, expect: Expect, grant: str | None, judged: Callable[[Given, Send, str], ScopeOfToken]
) -> None:
    scope = judged(given, send, grant or given.any_grant())

    expect_difference_told(expect, scope)


@requirement("rfc6749-3.3-different-scope-reported")
@needs("refresh_token")
def test_a_refresh_that_grants_more_than_was_asked_for_tells_it(given: Given, send: Send, expect: Expect) -> None:
    scope = of_narrower_refresh(given, send)

    expect_difference_told(expect, scope)


@requirement("rfc6749-3.3-omitted-scope-at-authorization")
@BY_EACH_RESPONSE_TYPE
def test_an_omitted_scope_at_the_authorization_endpoint(
    given: Given, send: Send, expect: Expect, response_type: str, grant: str, grants: str
) -> None:
    given.came_back(given.approval(None, response_type))

    answer = arrived_answer(given, send.authorize(None, response_type, scope=OMIT))

    decided = bool(answer.get(grants)) or answer.get("error") == "invalid_scope"
    expect.that(
        decided,
        f"{grants} or the error invalid_scope sent to the client",
        answer,
        about=("error invalid_scope", "client"),
    )


@requirement("rfc6749-3.3-omitted-scope-client-credentials")
def test_an_omitted_scope_with_client_credentials(given: Given, send: Send, expect: Expect) -> None:
    given.tokens("client_credentials")

    reply = send.client_credentials(scope=OMIT)

    expect.that(
        is_processed_or_invalid_scope(reply),
        "an access token or the error invalid_scope",
        reply,
        about="error invalid_scope",
    )


@requirement("rfc6749-3.3-omitted-scope-password")
def test_an_omitted_scope_with_a_password(given: Given, send: Send, expect: Expect) -> None:
    given.tokens("password")

    reply = send.password(scope=OMIT)

    expect.that(
        is_processed_or_invalid_scope(reply),
        "an access token or the error invalid_scope",
        reply,
        about="error invalid_scope",
    )
