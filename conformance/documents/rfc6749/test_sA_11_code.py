"""RFC 6749 appendix A.11: "code" syntax."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import granted_answer, seen_granted, values
from conformance.procedures.odd_characters import by_each_way, codes_presented


@requirement("rfc6749-A.11-issued-code-printable")
def test_codes_are_printable(given: Given, send: Send, expect: Expect) -> None:
    answers = [seen_granted(given), granted_answer(given, send)]

    expect.syntax("code", [code for answer in answers for code in values(answer, "code")])


@requirement("rfc6749-A.11-nonprintable-code-refused")
@by_each_way
def test_a_code_that_is_not_printable_is_refused(given: Given, send: Send, expect: Expect, way: str) -> None:
    reply = codes_presented(given, send)[way]

    expect(reply).issues_nothing()
