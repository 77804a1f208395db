"""The documented API, flow 5: sign-in through an external OAuth or OpenID provider."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import owner_told
from conformance.documents.documented.federation import (
    at_provider,
    callback_with,
    code_of_sign_in,
    completed_sign_in,
    granted_through,
    is_told,
    journey_back,
    not_let_in,
    openid_nonces,
    owner_expected,
    owner_signed_in,
    parameter,
    used_up,
)
from conformance.harness import Expect, Given, Send, requirement

EACH_FAILURE = pytest.mark.parametrize("how", ["refused", "cancelled", "wrong"])


@requirement("documented-flow-5-code-issued")
def test_a_sign_in_at_the_provider_brings_a_code(given: Given, send: Send, expect: Expect) -> None:
    answer = completed_sign_in(given, send)

    expect(answer).carries("code")


@requirement("documented-flow-5-state-returned")
def test_the_client_gets_its_own_state(given: Given, send: Send, expect: Expect) -> None:
    answer = given.came_back(completed_sign_in(given, send), "a sign-in at the external provider")

    expect(answer).returns_state(answer.request.get("state"))


@requirement("documented-flow-5-code-exchanged")
def test_the_code_gets_a_token(given: Given, send: Send, expect: Expect) -> None:
    fresh = code_of_sign_in(given, send)

    reply = send.code_exchange(fresh)

    expect(reply).issues_a_token()


@requirement("documented-flow-5-that-users-token")
def test_the_token_is_the_same_users_each_time(given: Given, send: Send, expect: Expect) -> None:
    before = owner_signed_in(given, send)

    told = owner_told(given, send, given.tokens_for(code_of_sign_in(given, send)))

    expect.that(told == before, "the user who signed in before", "somebody else", breach="act")


@requirement("documented-flow-5-that-users-token")
def test_the_token_is_the_linked_users(given: Given, send: Send, expect: Expect) -> None:
    own = owner_expected(given, send)

    told = owner_signed_in(given, send)

    expect.that(told == own, "the user whose account is linked", "somebody else", breach="act")


@EACH_FAILURE
@requirement("documented-flow-5-not-let-in-no-code")
def test_who_was_not_let_in_brings_no_code(given: Given, send: Send, expect: Expect, how: str) -> None:
    answer = not_let_in(given, send, how)

    expect(answer).issues_nothing()


@EACH_FAILURE
@requirement("documented-flow-5-not-let-in-told")
def test_a_failed_sign_in_is_told(given: Given, send: Send, expect: Expect, how: str) -> None:
    answer = not_let_in(given, send, how)

    expect.that(is_told(send, answer), "an error of RFC 6749 for the client, or a page", answer, about="refusal")


@pytest.mark.parametrize("state", [None, "invented"], ids=["missing", "invented"])
@requirement("documented-flow-5-forged-answer-no-code")
def test_an_answer_with_a_forged_state_brings_no_code(
    given: Given, send: Send, expect: Expect, state: str | None
) -> None:
    journey = journey_back(given, send)

    forged = callback_with(journey.callback, state=state and given.invented("state"))
    answer = granted_through(send, journey, forged, journey.user_agent)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-forged-answer-no-code")
def test_an_answer_with_an_invented_code_brings_no_code(given: Given, send: Send, expect: Expect) -> None:
    journey = journey_back(given, send)

    forged = callback_with(journey.callback, code=given.invented("code"))
    answer = granted_through(send, journey, forged, journey.user_agent)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-other-browser-no-code")
def test_an_answer_planted_in_a_browser_that_asked_nothing_brings_no_code(
    given: Given, send: Send, expect: Expect
) -> None:
    journey = journey_back(given, send)

    answer = granted_through(send, journey, journey.callback or "", given.nobodys_user_agent())

    expect(answer).issues_nothing()


@requirement("documented-flow-5-other-browser-no-code")
def test_an_answer_planted_in_a_browser_that_waits_for_its_own_brings_no_code(
    given: Given, send: Send, expect: Expect
) -> None:
    journey, other = journey_back(given, send), at_provider(given, send)

    answer = granted_through(send, journey, journey.callback or "", other.user_agent)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-replayed-answer-no-code")
def test_an_answer_brings_a_code_once(given: Given, send: Send, expect: Expect) -> None:
    journey, before = used_up(given, send)

    answer = granted_through(send, journey, journey.callback or "", before)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-mixed-up-answer-no-code")
def test_the_code_of_another_sign_in_brings_no_code(given: Given, send: Send, expect: Expect) -> None:
    journey, other = journey_back(given, send), journey_back(given, send)

    mixed = callback_with(journey.callback, code=parameter(other, "code"))
    answer = granted_through(send, journey, mixed, journey.user_agent)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-other-issuer-no-code")
def test_an_answer_of_another_issuer_brings_no_code(given: Given, send: Send, expect: Expect) -> None:
    journey = journey_back(given, send)
    parameter(journey, "iss")

    mixed = callback_with(journey.callback, iss="https://other-provider.example")
    answer = granted_through(send, journey, mixed, journey.user_agent)

    expect(answer).issues_nothing()


@requirement("documented-flow-5-request-has-state")
def test_the_request_to_the_provider_has_a_fresh_state(given: Given, send: Send, expect: Expect) -> None:
    states = [at_provider(given, send).inner("state") for _ in range(2)]

    expect.that(all(states) and states[0] != states[1], "a state, another one each time", states, about="state")


@requirement("documented-flow-5-request-has-nonce")
def test_the_request_to_the_provider_has_a_fresh_nonce(given: Given, send: Send, expect: Expect) -> None:
    nonces = openid_nonces(given, send)

    expect.that(all(nonces) and nonces[0] != nonces[1], "a nonce, another one each time", nonces)
