"""RFC 7662 section 2.2: introspection response. Its optional members stand in a module of their own."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.expired_tokens import WHOSE as EXPIRED
from conformance.procedures.expired_tokens import told_of_expired, told_to_bearer
from conformance.procedures.inactive_tokens import (
    ENDS,
    Procedure,
    expired_access_token,
    outlived_refresh_token,
    revoked_access_token,
    revoked_now,
)
from conformance.procedures.introspection import (
    active_in_words,
    active_token_described,
    answer_about_unknown_token,
    ask,
    both_kinds,
    expect_inactive,
    fresh_token_described,
    holds_active_alone,
    refreshed_access_token,
    says_active,
)
from conformance.procedures.introspection_callers import answer_to_barred, answer_to_other, caller_by_body
from conformance.procedures.introspection_members import OPTIONAL_MEMBERS, times_outside

answers = pytest.mark.parametrize(
    "answer",
    [lambda given, send: fresh_token_described(given, send).reply, answer_about_unknown_token],
    ids=["live", "invented"],
)
ends = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


@requirement("rfc7662-2.2-answer-is-json-object")
@answers
def test_an_answer_is_one_json_object(given: Given, send: Send, expect: Expect, answer: Procedure) -> None:
    reply = answer(given, send)

    expect(reply).is_a_json_object()


@requirement("rfc7662-2.2-answer-media-type")
@answers
def test_an_answer_has_the_media_type_of_json(given: Given, send: Send, expect: Expect, answer: Procedure) -> None:
    reply = answer(given, send)

    expect(reply).has_media_type("application/json")


@requirement("rfc7662-2.2-active-is-boolean")
@answers
def test_active_is_a_boolean(given: Given, send: Send, expect: Expect, answer: Procedure) -> None:
    reply = answer(given, send)

    expect(reply).has_member("active", bool)


@requirement("rfc7662-2.2-live-token-active")
def test_a_token_just_issued_is_active(given: Given, send: Send, expect: Expect) -> None:
    reply = fresh_token_described(given, send).reply

    expect.that(says_active(reply), "a token that was just issued answered as active", active_in_words(reply))


@requirement("rfc7662-2.2-live-token-active")
@needs("refresh_token")
def test_a_token_just_given_by_a_refresh_is_active(given: Given, send: Send, expect: Expect) -> None:
    reply = refreshed_access_token(given, send)

    expect.that(
        says_active(reply), "an access token that a refresh just gave answered as active", active_in_words(reply)
    )


@requirement("rfc7662-2.2-active-token-within-time-window")
@both_kinds
def test_an_active_token_is_within_its_times(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = active_token_described(given, send, grant)

    outside = times_outside(description)

    expect.that(
        not outside, "a token active now to be good now by the times in the answer", "; ".join(outside), breach="act"
    )


@requirement("rfc7662-2.2-own-members-may-be-added")
def test_members_of_its_own_are_noted(given: Given, send: Send) -> None:
    members = active_token_described(given, send).members

    own = sorted(set(members) - {"active", *OPTIONAL_MEMBERS})
    given.note(f"members beside those of the RFC: {', '.join(own) or 'none'}")


@requirement("rfc7662-2.2-callers-may-be-answered-differently")
def test_differences_between_callers_are_noted(given: Given, send: Send) -> None:
    own, other = active_token_described(given, send).members, answer_to_other(given, send).members

    different = sorted(name for name in own.keys() | other.keys() if own.get(name) != other.get(name))
    given.note(f"members that differ for [clients.other]: {', '.join(different) or 'none'}")


@requirement("rfc7662-2.2-unknown-token-inactive")
def test_an_invented_token_is_inactive(given: Given, send: Send, expect: Expect) -> None:
    reply = answer_about_unknown_token(given, send)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-unknown-token-inactive")
@pytest.mark.parametrize(
    "hint", ["access_token", pytest.param("refresh_token", marks=needs("refresh_token"))], ids=["access", "refresh"]
)
def test_an_invented_token_is_inactive_whatever_the_hint(given: Given, send: Send, expect: Expect, hint: str) -> None:
    fresh_token_described(given, send)

    reply = ask(given, send, given.invented("token"), token_type_hint=hint)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-unknown-token-inactive")
@needs("authorization_code")
def test_a_code_is_no_active_token(given: Given, send: Send, expect: Expect) -> None:
    fresh_token_described(given, send)

    reply = ask(given, send, given.authorization_code().value)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-revoked-token-inactive")
def test_a_revoked_token_is_inactive(given: Given, send: Send, expect: Expect) -> None:
    reply = revoked_access_token(given, send).after

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-revoked-token-inactive")
def test_a_revoked_token_is_inactive_to_a_caller_by_body(given: Given, send: Send, expect: Expect) -> None:
    caller = caller_by_body(given, send)
    revoked = revoked_now(given, send).tokens

    reply = ask(given, send, revoked.access_token, caller)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-expired-token-inactive")
@needs("refresh_token")
def test_an_expired_refresh_token_is_inactive(given: Given, send: Send, expect: Expect) -> None:
    answer, _ = outlived_refresh_token(given, send)

    expect_inactive(expect, answer)


@requirement("rfc7662-2.2-expired-token-inactive")
def test_an_expired_token_is_inactive(given: Given, send: Send, expect: Expect) -> None:
    reply = expired_access_token(given, send).after

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-expired-token-inactive")
@pytest.mark.parametrize("whose", EXPIRED)
def test_an_expired_token_is_inactive_whoever_has_it(given: Given, send: Send, expect: Expect, whose: str) -> None:
    reply = told_of_expired(given, send, whose)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-expired-token-inactive")
@needs("introspection_bearer")
def test_an_expired_token_is_inactive_to_a_bearer(given: Given, send: Send, expect: Expect) -> None:
    reply = told_to_bearer(given, send)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-forbidden-token-inactive")
def test_a_forbidden_token_is_inactive(given: Given, send: Send, expect: Expect) -> None:
    reply = answer_to_barred(given, send)

    expect_inactive(expect, reply)


@requirement("rfc7662-2.2-inactive-reason-not-told")
@ends
def test_nothing_more_is_told_of_an_inactive_token(given: Given, send: Send, expect: Expect, end: Procedure) -> None:
    reply = end(given, send)

    expect.that(holds_active_alone(reply), "nothing told beside `active`", active_in_words(reply), breach="act")
