"""RFC 6749 appendix A.4: "scope" syntax."""

from __future__ import annotations

import pytest

from conformance.documents.rfc6749.texts_in_answers import strings
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import values
from conformance.procedures.implicit_answers import granted_answer
from conformance.procedures.odd_characters import oddly_authorized
from conformance.procedures.scopes import UNFIT, oddly_asked
from conformance.procedures.token_responses import by_each_grant, token_response

by_each_unfit_character = pytest.mark.parametrize("what", UNFIT)


@requirement("rfc6749-A.4-token-response-scope-well-formed")
@by_each_grant()
def test_the_scope_of_a_token_response_is_well_formed(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("scope", strings(reply, "scope"))


@requirement("rfc6749-A.4-token-response-scope-well-formed")
def test_the_scope_is_well_formed_whatever_was_asked_for(given: Given, send: Send, expect: Expect) -> None:
    results = oddly_asked(given, send).values()

    expect.syntax("scope", [result.text for result in results if result.has_text])


@requirement("rfc6749-A.4-fragment-scope-well-formed")
def test_the_scope_of_an_implicit_answer_is_well_formed(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.syntax("scope", values(answer, "scope"))


@requirement("rfc6749-A.4-fragment-scope-well-formed")
def test_the_scope_is_well_formed_in_any_implicit_answer(given: Given, send: Send, expect: Expect) -> None:
    results = oddly_authorized(given, send, "implicit").values()

    expect.syntax("scope", [result.text for result in results if result.has_text])


@requirement("rfc6749-A.4-malformed-scope-not-granted")
@by_each_unfit_character
def test_a_malformed_scope_is_not_granted(given: Given, send: Send, expect: Expect, what: str) -> None:
    result = oddly_asked(given, send)[what]

    expect.that(
        result.lacks_text(UNFIT[what]),
        "a refusal, or a scope that lacks the malformed piece",
        result,
        breach="act",
        about=("refusal", "scope"),
    )


@requirement("rfc6749-A.4-malformed-scope-not-authorized")
@by_each_grant("authorization_code", "implicit")
@by_each_unfit_character
def test_a_malformed_scope_is_not_authorized(given: Given, send: Send, expect: Expect, what: str, grant: str) -> None:
    result = oddly_authorized(given, send, grant)[what]

    expect.that(
        result.lacks_text(UNFIT[what]),
        "a refusal, or a scope that lacks the malformed piece",
        result,
        breach="act",
        about=("refusal", "scope"),
    )
