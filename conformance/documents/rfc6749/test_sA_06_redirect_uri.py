"""RFC 6749 appendix A.6: "redirect_uri" syntax."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.browser.user_agent import Answer
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures import authorization_answers, implicit_answers
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.odd_characters import (
    by_each_exchanged_uri,
    by_each_malformed_uri,
    exchanged_at_malformed_uri,
    misspelled_request,
)
from conformance.procedures.redirects import (
    any_response_type,
    expect_not_accepted,
    expect_not_moved,
    registered_where,
    with_escapes_in_query,
)
from conformance.profile.target import Target

GRANTED: dict[str, Callable[[Given, Send], Answer]] = {
    "authorization_code": authorization_answers.granted_answer,
    "implicit": implicit_answers.granted_with_special_state,
}
by_each_grant = pytest.mark.parametrize("grant", [pytest.param(name, marks=needs(name)) for name in GRANTED])


@requirement("rfc6749-A.6-redirect-back-is-uri")
@by_each_grant
def test_a_grant_is_sent_to_a_uri(given: Given, send: Send, expect: Expect, grant: str) -> None:
    answer = GRANTED[grant](given, send)

    expect.syntax("redirect_uri", answer.destination or "")


@requirement("rfc6749-A.6-redirect-back-is-uri")
@by_each_grant
def test_an_error_is_sent_to_a_uri(given: Given, send: Send, expect: Expect, grant: str) -> None:
    refused = authorization_answers.refused_answers if grant == "authorization_code" else implicit_answers.errors

    expect.syntax("redirect_uri", [answer.destination or "" for answer in refused(given, send)])


@requirement("rfc6749-A.6-special-characters-in-redirect-uri-taken")
def test_a_registered_uri_with_escapes_is_taken(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client, redirect_uri = registered_where(target, with_escapes_in_query, "a redirection URI with escapes")
    response_type = any_response_type(given, client)
    request = ordinary_request(given, send, client, response_type)

    answer = arrived_answer(given, request.changed(redirect_uri=redirect_uri))

    expect.that(is_granted(answer), "the request granted, as with another registered URI", answer)


@requirement("rfc6749-A.6-malformed-redirect-uri-not-followed")
@by_each_malformed_uri
def test_a_malformed_uri_is_refused(given: Given, send: Send, expect: Expect, what: str) -> None:
    found = misspelled_request(given, send, what)

    expect_not_accepted(expect, found)
    expect_not_moved(expect, found)


@requirement("rfc6749-A.6-malformed-redirect-uri-not-exchanged")
@by_each_exchanged_uri
def test_a_code_is_not_exchanged_for_a_malformed_uri(given: Given, send: Send, expect: Expect, what: str) -> None:
    reply = exchanged_at_malformed_uri(given, send, what)

    expect(reply).is_refused()
