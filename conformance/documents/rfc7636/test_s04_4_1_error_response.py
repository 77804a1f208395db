"""RFC 7636 section 4.4.1: error response to an authorization request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.base.outcomes import NotApplicable, Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.harness.send import Change
from conformance.procedures.authorization_answers import not_granted, told_to_client
from conformance.procedures.pkce import (
    EXPLAINS,
    Pair,
    asked_with,
    plain_pair,
    without_challenge,
    without_challenge_otherwise,
)

UNKNOWN = "S257-nobody-has"


def explains(answer: Answer) -> bool:
    """Whether an error comes with a text that says what is wrong, or with the address of one."""
    return bool(answer.get("error_uri") or EXPLAINS.search(answer.get("error_description") or ""))


def without_plain(given: Given) -> None:
    """Go on where the profile doesn't claim plain."""
    if given.claims("pkce_plain"):
        raise NotApplicable("the server supports plain")


def unless_it_works(given: Given, send: Send, answer: Answer, pair: Pair) -> Answer:
    """The answer, unless the server has what isn't claimed: then the verifier redeems the code that came."""
    if answer.get("code") and send.code_exchange(replace(given.code_in(answer), verifier=pair.verifier)).is_success:
        raise Vacuous("the server supports plain")
    return answer


@requirement("rfc7636-4.4.1-missing-challenge-invalid-request")
@pytest.mark.parametrize("value", [pytest.param(OMIT, id="missing"), pytest.param("", id="empty")])
def test_a_missing_challenge_is_told_as_invalid_request(
    given: Given, send: Send, expect: Expect, value: Change
) -> None:
    answer = without_challenge(given, send, value)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc7636-4.4.1-missing-challenge-invalid-request")
@pytest.mark.parametrize("how", ["method-alone", "last-uri", "post"])
def test_a_challenge_is_missed_in_every_request(given: Given, send: Send, expect: Expect, how: str) -> None:
    answer = without_challenge_otherwise(given, send, how)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc7636-4.4.1-missing-challenge-invalid-request")
def test_the_error_about_a_missing_challenge_has_the_state(given: Given, send: Send, expect: Expect) -> None:
    answer = without_challenge(given, send)

    expect(answer).returns_state(answer.request.get("state"))


@requirement("rfc7636-4.4.1-missing-challenge-explained")
def test_the_error_about_a_missing_challenge_explains(given: Given, send: Send, expect: Expect) -> None:
    answer = told_to_client(without_challenge(given, send))

    expect.that(explains(answer), "an explanation that speaks of the challenge", answer)


@requirement("rfc7636-4.4.1-unsupported-method-invalid-request")
@pytest.mark.parametrize("name", ["main", "public"])
def test_an_unknown_method_is_told_as_invalid_request(given: Given, send: Send, expect: Expect, name: str) -> None:
    answer = asked_with(given, send, name, code_challenge_method=UNKNOWN)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc7636-4.4.1-unsupported-method-invalid-request")
def test_the_error_about_an_unknown_method_has_the_state(given: Given, send: Send, expect: Expect) -> None:
    answer = asked_with(given, send, "main", code_challenge_method=UNKNOWN)

    expect(answer).returns_state(answer.request.get("state"))


@requirement("rfc7636-4.4.1-unsupported-method-invalid-request")
@pytest.mark.parametrize("named", [True, False], ids=["named", "by-default"])
def test_plain_that_is_not_supported_is_told(given: Given, send: Send, expect: Expect, named: bool) -> None:
    without_plain(given)

    pair = plain_pair(named=named)

    answer = unless_it_works(given, send, asked_with(given, send, "main", **pair.parameters), pair)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc7636-4.4.1-unsupported-method-explained")
def test_the_error_about_an_unknown_method_explains(given: Given, send: Send, expect: Expect) -> None:
    answer = told_to_client(not_granted(asked_with(given, send, "main", code_challenge_method=UNKNOWN)))

    expect.that(explains(answer), "an explanation that speaks of the method", answer)
