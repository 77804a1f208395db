"""RFC 6749 appendix A.12: "access_token" syntax."""

from __future__ import annotations

from collections.abc import Callable

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.authorization_answers import values
from conformance.harness.procedures.implicit_answers import granted
from conformance.harness.procedures.introspection import expect_not_active
from conformance.harness.procedures.odd_characters import (
    PLACES,
    by_each_place_and_way,
    by_each_way,
    token_taken_at,
    tokens_introspected,
)
from conformance.harness.procedures.texts_in_answers import strings
from conformance.harness.procedures.token_responses import by_each_grant, token_response


@requirement("rfc6749-A.12-issued-access-token-printable")
@by_each_grant()
def test_access_tokens_are_printable(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("access_token", strings(reply, "access_token"))


@requirement("rfc6749-A.12-implicit-access-token-printable")
def test_access_tokens_of_implicit_answers_are_printable(given: Given, send: Send, expect: Expect) -> None:
    answer = granted(given, send)

    expect.syntax("access_token", values(answer, "access_token"))


@requirement("rfc6749-A.12-nonprintable-access-token-not-active")
@by_each_way
def test_a_token_that_is_not_printable_is_not_active(given: Given, send: Send, expect: Expect, way: str) -> None:
    reply = tokens_introspected(given, send)[way]

    expect_not_active(expect, reply, "a token that no server issued not to be active")


@requirement("rfc6749-A.12-nonprintable-access-token-not-served")
@by_each_place_and_way
def test_a_token_that_is_not_printable_opens_nothing(
    given: Given, send: Send, expect: Expect, place: str, odd: Callable[[str], str]
) -> None:
    token = token_taken_at(given, send, place)

    reply = PLACES[place](send, odd(token))

    expect(reply).is_refused()
