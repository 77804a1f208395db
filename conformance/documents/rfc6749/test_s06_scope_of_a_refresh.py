"""RFC 6749 section 6: the scope of a refresh request, and of what it gives."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.client_authentication import by_body
from conformance.procedures.refreshing import (
    OF_EITHER_CLIENT,
    another_client,
    full_scope_obtained,
    fully_granted,
    in_order,
    narrow_grant,
    narrow_grant_of,
    narrow_grant_of_either,
    narrower_scope,
    refreshing_seen,
    scope_obtained,
    successor,
)
from conformance.procedures.scopes import in_other_case
from conformance.procedures.token_families import (
    refreshed_beside_an_ended_grant,
    third_refresh_of_narrow_grant,
    third_refresh_that_is_served,
)

SUBSETS = {
    "all": lambda scopes: scopes,
    "one": lambda scopes: scopes[:1],
    "in-another-order": lambda scopes: scopes[::-1],
}


@requirement("rfc6749-6-granted-scope-accepted")
@pytest.mark.parametrize("subset", SUBSETS)
def test_scopes_that_were_granted_are_accepted(given: Given, send: Send, expect: Expect, subset: str) -> None:
    tokens, granted = fully_granted(given, send)
    asked = SUBSETS[subset](in_order(tokens, granted))

    reply = send.refresh(tokens, scope=" ".join(asked))

    expect(reply).issues_a_token()


@requirement("rfc6749-6-scope-never-widened")
def test_no_refresh_goes_beyond_the_grant(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant(given, send)
    asked = f"{tokens.asked_scope} {beyond}"

    reply = send.refresh(tokens, scope=asked)

    expect.that(not reply.is_breakdown, "a decided answer", reply)
    obtained = scope_obtained(given, send, reply, tokens, asked)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )


@requirement("rfc6749-6-scope-never-widened")
def test_no_refresh_of_a_public_client_goes_beyond_the_grant(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant_of(given, send, another_client(given, send, "public"))
    asked = f"{tokens.asked_scope} {beyond}"

    reply = send.refresh(tokens, scope=asked)

    expect.that(not reply.is_breakdown, "a decided answer", reply)
    obtained = scope_obtained(given, send, reply, tokens, asked)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )


@requirement("rfc6749-6-scope-never-widened")
def test_no_refresh_beside_a_secret_in_the_body_goes_beyond_the_grant(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant_of(given, send, by_body(refreshing_seen(given, send).client))
    asked = f"{tokens.asked_scope} {beyond}"

    reply = send.refresh(tokens, scope=asked)

    expect.that(not reply.is_breakdown, "a decided answer", reply)
    obtained = scope_obtained(given, send, reply, tokens, asked)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )


@requirement("rfc6749-6-scope-never-widened")
def test_no_refresh_brings_a_scope_in_other_letters(given: Given, send: Send, expect: Expect) -> None:
    tokens, granted = fully_granted(given, send)
    other = in_other_case(tuple(in_order(tokens, granted)))[0]

    reply = send.refresh(tokens, scope=other)

    obtained = scope_obtained(given, send, reply, tokens, other)
    expect.that(other not in obtained.at_least, "no scope that was not granted", obtained, breach="act", about="scope")


@requirement("rfc6749-6-scope-never-widened")
def test_no_third_refresh_goes_beyond_the_grant(given: Given, send: Send, expect: Expect) -> None:
    scope, beyond = third_refresh_of_narrow_grant(given, send)

    expect.that(beyond not in scope.at_least, "no scope beyond the one granted", scope, breach="act", about="scope")


@requirement("rfc6749-6-scope-never-widened")
@needs("revocation")
def test_no_refresh_brings_the_scope_of_an_ended_grant(given: Given, send: Send, expect: Expect) -> None:
    found, beyond = refreshed_beside_an_ended_grant(given, send)

    scope = found.scope
    expect.that(
        scope is None or beyond not in scope.at_least,
        "no scope beyond its own grant",
        scope,
        breach="act",
        about="scope",
    )


@requirement("rfc6749-6-omitted-scope-is-full-grant")
def test_without_scope_it_is_the_full_grant(given: Given, send: Send, expect: Expect) -> None:
    tokens, granted = fully_granted(given, send)

    reply = send.refresh(tokens)

    obtained = full_scope_obtained(given, send, reply, tokens, tokens.asked_scope)
    expect.that(granted <= obtained.at_most, f"all of {' '.join(sorted(granted))}", f"{reply}: {obtained}")


@requirement("rfc6749-6-omitted-scope-is-full-grant")
@OF_EITHER_CLIENT
def test_without_scope_it_is_no_more_than_the_grant(given: Given, send: Send, expect: Expect, whose: str) -> None:
    tokens, beyond = narrow_grant_of_either(given, send, whose)

    reply = send.refresh(tokens)

    obtained = scope_obtained(given, send, reply, tokens, tokens.asked_scope)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )


@requirement("rfc6749-6-omitted-scope-is-full-grant")
def test_without_scope_it_is_the_full_grant_after_a_narrower_refresh(given: Given, send: Send, expect: Expect) -> None:
    tokens, granted = fully_granted(given, send)
    narrowed = given.refreshed(tokens, scope=narrower_scope(given, send, tokens, granted))

    reply = send.refresh(narrowed)

    obtained = full_scope_obtained(given, send, reply, tokens, tokens.asked_scope)
    expect.that(granted <= obtained.at_most, f"all of {' '.join(sorted(granted))}", f"{reply}: {obtained}")


@requirement("rfc6749-6-omitted-scope-is-full-grant")
def test_without_scope_it_is_the_full_grant_after_two_narrower_refreshes(
    given: Given, send: Send, expect: Expect
) -> None:
    third = third_refresh_that_is_served(given, send)

    wanted = f"all of {' '.join(sorted(third.granted))}"
    expect.that(third.granted <= third.obtained.at_most, wanted, f"{third.reply}: {third.obtained}")


@requirement("rfc6749-6-new-refresh-token-same-scope")
@OF_EITHER_CLIENT
def test_a_new_refresh_token_has_no_less_scope(given: Given, send: Send, expect: Expect, whose: str) -> None:
    tokens, granted = fully_granted(given, send, whose)
    fresh = successor(given, send, tokens, scope=narrower_scope(given, send, tokens, granted))
    asked = " ".join(in_order(tokens, granted))

    reply = send.refresh(fresh, scope=asked)

    obtained = full_scope_obtained(given, send, reply, tokens, asked)
    expect.that(granted <= obtained.at_most, f"all of {asked}", f"{reply}: {obtained}")


@requirement("rfc6749-6-new-refresh-token-same-scope")
def test_a_new_refresh_token_has_no_more_scope(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant(given, send)
    fresh = successor(given, send, tokens)
    asked = f"{tokens.asked_scope} {beyond}"

    reply = send.refresh(fresh, scope=asked)

    expect.that(not reply.is_breakdown, "a decided answer", reply)
    obtained = scope_obtained(given, send, reply, tokens, asked)
    expect.that(beyond not in obtained.at_least, "the old one's scope", obtained, breach="act", about="scope")
