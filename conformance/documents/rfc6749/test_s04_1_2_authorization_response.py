"""RFC 6749 section 4.1.2: authorization response."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_answers import (
    SPECIAL_STATE,
    arrived_answer,
    code_client,
    granted_anew,
    granted_answer,
    is_encoded_well,
    lost_from_query,
    other_redirect_uri,
    seen_granted,
    values,
    with_own_query,
)
from conformance.procedures.client_authentication import by_body, by_body_if_it_may
from conformance.procedures.code_exchanges import (
    AT_ONCE,
    expired_code,
    long_expired_code,
    presented_by_another,
    races,
)
from conformance.procedures.detours import ODD_STATE, after_abandoned, granted_by_detour
from conformance.procedures.long_states import asked_at_sign_in, asked_with, by_length, expect_whole
from conformance.procedures.second_passwords import granted_at_second_try
from conformance.procedures.tabs import (
    SIDE_BY_SIDE,
    Order,
    Place,
    approved_after_denial,
    decisions_in_order,
    in_words,
)
from conformance.procedures.token_requests import code_exchange_seen, with_refresh_token
from conformance.profile.target import Target

TEN_MINUTES = 600
STATES = {
    "special": SPECIAL_STATE,
    "letter-case": "aAbB",
    "long": "0123456789abcdef" * 24,
    "looks-encoded": "%41+%2B&amp;",
}


@requirement("rfc6749-4.1.2-parameters-in-query")
def test_the_response_stands_in_the_query(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    in_query, in_fragment = dict(answer.query), dict(answer.fragment)
    there = "code" in in_query and not {"code", "state"} & in_fragment.keys()
    expect.that(there, "the response in the query, nothing of it in the fragment", answer, about=("client", "place"))


@requirement("rfc6749-4.1.2-response-form-encoded")
def test_the_response_is_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    answer = granted_anew(given, send)

    expect.that(
        is_encoded_well(answer),
        "a form-encoded query that decodes to the values meant",
        answer,
        breach="act",
        about=("place", "state"),
    )
    expect(send.code_exchange(given.code_in(answer))).issues_a_token()


@requirement("rfc6749-4.1.2-redirect-query-kept")
def test_the_query_of_the_redirect_uri_is_kept(given: Given, send: Send, expect: Expect) -> None:
    answer = with_own_query(granted_answer(given, send))[0]

    expect.that(
        not lost_from_query(answer),
        f"the query of {answer.request.get('redirect_uri')} kept",
        answer,
        breach="act",
        about="place",
    )


@requirement("rfc6749-4.1.2-code-present")
def test_a_grant_brings_one_code(given: Given, send: Send, expect: Expect) -> None:
    codes = values(granted_answer(given, send), "code")

    expect.that(len(codes) == 1 and codes != [""], "one nonempty code", f"codes of {[*map(len, codes)]} characters")


@requirement("rfc6749-4.1.2-code-expires")
def test_a_code_expires(given: Given, send: Send, expect: Expect, target: Target) -> None:
    code = long_expired_code(given, target)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-code-expires")
def test_a_code_of_a_public_client_expires(given: Given, send: Send, expect: Expect, target: Target) -> None:
    code = long_expired_code(given, target, code_client(given, "public"))

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-code-expires")
def test_a_code_expires_beside_a_secret_in_the_body(given: Given, send: Send, expect: Expect, target: Target) -> None:
    code = long_expired_code(given, target, by_body(given.client_for("authorization_code")))

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-code-lifetime-ten-minutes")
def test_a_code_lives_for_ten_minutes_at_most(given: Given, send: Send, expect: Expect) -> None:
    code = expired_code(given, TEN_MINUTES)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-reused-code-denied")
def test_a_code_presented_twice_is_denied(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    given.tokens_for(code)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-reused-code-denied")
def test_a_code_of_a_public_client_presented_twice_is_denied(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(code_client(given, "public"))
    given.tokens_for(code)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-reused-code-denied")
def test_a_code_presented_twice_beside_a_secret_in_the_body_is_denied(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(by_body(given.client_for("authorization_code")))
    given.tokens_for(code)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-reused-code-denied")
def test_a_code_presented_a_third_time_is_denied(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    given.tokens_for(code)
    send.code_exchange(code)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-parallel-code-exchanges-one-succeeds")
def test_of_simultaneous_exchanges_at_most_one_succeeds(given: Given, send: Send, expect: Expect) -> None:
    tries = races(given, send)

    given.note(f"{AT_ONCE} exchanges of one code at the same instant, {len(tries)} times")
    most = max(tries, key=lambda each: len(each.issued))
    expect.that(
        len(most.issued) <= 1,
        "tokens for one of the simultaneous exchanges at most",
        f"tokens for {len(most.issued)} of {AT_ONCE}",
        breach="act",
        at=most.issued,
    )


@requirement("rfc6749-4.1.2-reused-code-revokes-access-token")
def test_a_code_presented_twice_ends_the_access_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    token = given.active_token(given.tokens_for(code))

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-4.1.2-reused-code-revokes-access-token")
def test_a_code_of_a_public_client_presented_twice_ends_the_access_token(
    given: Given, send: Send, expect: Expect
) -> None:
    code = given.authorization_code(code_client(given, "public"))
    token = given.active_token(given.tokens_for(code))

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-4.1.2-reused-code-revokes-access-token")
@needs("refresh_token")
def test_a_code_presented_twice_ends_the_access_token_of_a_refresh(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    token = given.active_token(given.refreshed(with_refresh_token(given.tokens_for(code))))

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-4.1.2-reused-code-revokes-refresh-token")
@needs("refresh_token")
def test_a_code_presented_twice_ends_the_refresh_token_of_a_refresh(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    refreshed = given.refreshed(with_refresh_token(given.tokens_for(code)))
    token = given.active_token(with_refresh_token(refreshed), "refresh_token")

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-4.1.2-reused-code-revokes-refresh-token")
def test_a_code_presented_twice_ends_the_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(by_body_if_it_may(given.client_for("authorization_code")))
    token = given.active_token(with_refresh_token(given.tokens_for(code)), "refresh_token")

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc6749-4.1.2-code-bound-to-client")
def test_a_code_of_another_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_by_another(given, send, "confidential", "other")

    expect(reply).is_refused()


@requirement("rfc6749-4.1.2-code-bound-to-redirect-uri")
def test_a_code_for_another_redirect_uri_is_refused(given: Given, send: Send, expect: Expect) -> None:
    second = other_redirect_uri(given.client_for("authorization_code"))
    given.tokens_for(given.authorization_code(redirect_uri=second))
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=second)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.2-code-bound-to-redirect-uri")
def test_a_code_is_refused_with_the_redirect_uri_of_a_later_one(given: Given, send: Send, expect: Expect) -> None:
    second = other_redirect_uri(given.client_for("authorization_code"))
    code = given.authorization_code()
    later = given.authorization_code(redirect_uri=second)

    reply = send.code_exchange(code, redirect_uri=second)

    expect(reply).is_refused()
    given.control(later, after=reply)


@requirement("rfc6749-4.1.2-state-returned")
def test_state_comes_back_once(given: Given, send: Send, expect: Expect) -> None:
    states = values(granted_answer(given, send), "state")

    expect.that(len(states) == 1, "state once", f"{len(states)} times", breach="act", about="state")


@requirement("rfc6749-4.1.2-state-returned")
def test_state_comes_back_from_the_sign_in_page(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_by_detour(given, send)

    expect.that(len(values(answer, "state")) == 1, "state once", answer, about="state")


@requirement("rfc6749-4.1.2-state-unchanged")
@pytest.mark.parametrize("what", STATES)
def test_state_comes_back_unchanged(given: Given, send: Send, expect: Expect, what: str) -> None:
    seen_granted(given)

    answer = arrived_answer(given, send.authorize(state=STATES[what]))

    expect(answer).carries("code")
    expect.that(
        {*values(answer, "state")} <= {STATES[what]}, f"the state {STATES[what]}", answer, breach="act", about="state"
    )


@requirement("rfc6749-4.1.2-state-unchanged")
def test_state_comes_back_unchanged_from_the_sign_in_page(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_by_detour(given, send)

    expect.that(
        {*values(answer, "state")} <= {ODD_STATE}, f"the state {ODD_STATE!r}", answer, breach="act", about="state"
    )


@requirement("rfc6749-4.1.2-state-returned")
def test_state_comes_back_after_a_wrong_password(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_at_second_try(given, send)

    expect.that(len(values(answer, "state")) == 1, "state once", answer, about="state")


@requirement("rfc6749-4.1.2-state-unchanged")
@pytest.mark.parametrize("place", ["consent", "sign-in"])
def test_no_state_is_left_over_from_an_abandoned_request(given: Given, send: Send, expect: Expect, place: str) -> None:
    answer = after_abandoned(given, send, place)

    expect.that(not any(values(answer, "state")), "no state, as none was sent", answer, breach="act", about="state")


@requirement("rfc6749-4.1.2-state-returned")
@SIDE_BY_SIDE
def test_each_of_several_requests_gets_a_state(
    given: Given, send: Send, expect: Expect, place: Place, order: Order
) -> None:
    decisions = decisions_in_order(given, send, place, order)

    without = [each for each in decisions.granted if not each.has_state_once]
    expect.that(not without, "state once with every grant", in_words(without), about="state")


@requirement("rfc6749-4.1.2-state-unchanged")
@SIDE_BY_SIDE
def test_each_of_several_requests_gets_its_own_state(
    given: Given, send: Send, expect: Expect, place: Place, order: Order
) -> None:
    decisions = decisions_in_order(given, send, place, order)

    strange = [each for each in decisions.granted if not each.has_own_state]
    expect.that(
        not strange, "the state of the request that was approved", in_words(strange), breach="act", about="state"
    )


@requirement("rfc6749-4.1.2-state-unchanged")
def test_state_comes_back_unchanged_after_a_denial_is_taken_back(given: Given, send: Send, expect: Expect) -> None:
    found = approved_after_denial(given, send)

    expect(found.answer).returns_state(found.page.request.get("state"))


@requirement("rfc6749-4.1.2-state-unchanged")
@by_length
def test_a_long_state_comes_back_whole(given: Given, send: Send, expect: Expect, length: int) -> None:
    answer = asked_with(given, send, "code", length)

    expect_whole(expect, answer, length)


@requirement("rfc6749-4.1.2-state-unchanged")
def test_a_long_state_comes_back_whole_from_the_sign_in_page(given: Given, send: Send, expect: Expect) -> None:
    answer = asked_at_sign_in(given, send, "code")

    expect_whole(expect, answer)
