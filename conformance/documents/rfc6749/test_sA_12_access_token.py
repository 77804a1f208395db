"""RFC 6749 appendix A.12: "access_token" syntax."""

from __future__ import annotations

from collections.abc import Callable

from conformance.documents.rfc6749.texts_in_answers import strings
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import values
from conformance.procedures.implicit_answers import granted_answer
from conformance.procedures.introspection import active_in_words, says_active
from conformance.procedures.odd_characters import (
    by_each_place_and_way,
    by_each_way,
    presented_at,
    tokens_introspected,
)
from conformance.procedures.token_responses import by_each_grant, token_response


@requirement("rfc6749-A.12-issued-access-token-printable")
@by_each_grant()
def test_access_tokens_are_printable(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("access_token", strings(reply, "access_token"))


@requirement("rfc6749-A.12-implicit-access-token-printable")
def test_access_tokens_of_implicit_answers_are_printable(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.syntax("access_token", values(answer, "access_token"))


@requirement("rfc6749-A.12-nonprintable-access-token-not-active")
@by_each_way
def test_a_token_that_is_not_printable_is_not_active(given: Given, send: Send, expect: Expect, way: str) -> None:
    reply = tokens_introspected(given, send)[way]

    # A server that breaks down over it is the matter of another document.
    expect.that(
        not says_active(reply), "a token that no server issued not to be active", active_in_words(reply), breach="act"
    )


@requirement("rfc6749-A.12-nonprintable-access-token-not-served")
@by_each_place_and_way
def test_a_token_that_is_not_printable_opens_nothing(
    given: Given, send: Send, expect: Expect, place: str, odd: Callable[[str], str]
) -> None:
    reply = presented_at(given, send, place, odd)

    expect(reply).is_not_served()
