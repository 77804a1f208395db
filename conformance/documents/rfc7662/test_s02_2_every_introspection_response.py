"""RFC 7662 section 2.2: every answer of a run about a token, whoever asked about which."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.documents.rfc7662.names_of_owners import Named, names_on_record
from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.harness.tokens_on_record import Again, Said, answered_at
from conformance.procedures.introspection_members import (
    CLOCK_TOLERANCE,
    is_scope,
    is_string,
    is_text,
    is_text_or_list,
    is_time,
    number,
)
from conformance.wire.exchange import Reply

# Seconds by which a time may differ between two answers that each round it.
ROUNDING = 1.0
TYPES = [
    pytest.param("scope", is_scope, "a string of scopes", marks=requirement("rfc7662-2.2-scope-format"), id="scope"),
    pytest.param("username", is_text, "a string", marks=requirement("rfc7662-2.2-username-is-string"), id="username"),
    pytest.param("exp", is_time, "an integer of seconds", marks=requirement("rfc7662-2.2-exp-is-integer"), id="exp"),
    pytest.param("iat", is_time, "an integer of seconds", marks=requirement("rfc7662-2.2-iat-is-integer"), id="iat"),
    pytest.param("nbf", is_time, "an integer of seconds", marks=requirement("rfc7662-2.2-nbf-is-integer"), id="nbf"),
    pytest.param("sub", is_string, "a string", marks=requirement("rfc7662-2.2-sub-is-string"), id="sub"),
    pytest.param("aud", is_text_or_list, "strings", marks=requirement("rfc7662-2.2-aud-is-string-or-list"), id="aud"),
    pytest.param("iss", is_string, "a string", marks=requirement("rfc7662-2.2-iss-is-string"), id="iss"),
    pytest.param("jti", is_string, "a string", marks=requirement("rfc7662-2.2-jti-is-string"), id="jti"),
]


@requirement("rfc7662-2.2-answer-is-json-object")
def test_every_answer_about_a_token_is_a_json_object(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect(reply).is_a_json_object()
        expect(reply).is_json_in_utf8()

    recorded.each(recorded.introspection_responses(), judge)


@requirement("rfc7662-2.2-answer-media-type")
def test_every_answer_about_a_token_has_the_media_type_of_json(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.introspection_responses()

    recorded.each(answers, lambda reply: expect(reply).has_media_type("application/json"))


@requirement("rfc7662-2.2-active-is-boolean")
def test_every_answer_about_a_token_says_whether_it_is_active(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.introspection_responses()

    recorded.each(answers, lambda reply: expect(reply).has_member("active", bool))


@requirement("rfc7662-4-inactive-answer-holds-active-alone")
def test_every_answer_about_an_inactive_token_holds_active_alone(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in recorded.introspection_responses() if reply.members.get("active") is False]

    recorded.each(answers, lambda reply: expect.that(len(reply.members) == 1, "`active` alone", reply, breach="act"))


@pytest.mark.parametrize(("name", "fits", "kind"), TYPES)
def test_every_member_has_its_type(
    recorded: Recorded, expect: Expect, name: str, fits: Callable[[object], bool], kind: str
) -> None:
    answers = [reply for reply in recorded.introspection_responses() if name in reply.members]

    recorded.each(answers, lambda reply: expect.that(fits(reply.members[name]), f"{name} as {kind}", reply))


@requirement("rfc7662-2.2-scope-within-token")
def test_no_scope_goes_beyond_the_token(recorded: Recorded, expect: Expect) -> None:
    def judge(token: Said) -> None:
        beyond = (token.shown or frozenset()) - (token.told or frozenset())
        expect.that(
            not beyond, "no scope beyond the token's", f"also {' '.join(sorted(beyond))}", breach="act", about="scope"
        )

    # Where the answer that issued the token tells no scope, it may be that answer that lacks something (RFC 6749 5.1).
    recorded.each([each for each in descriptions_on_record(recorded) if each.told is not None], judge)


@requirement("rfc7662-2.2-client-id-true")
def test_every_client_id_is_that_of_the_tokens_client(recorded: Recorded, expect: Expect) -> None:
    named = [each for each in descriptions_on_record(recorded) if "client_id" in each.reply.members and each.client_ids]

    def judge(token: Said) -> None:
        is_own = token.reply.members["client_id"] in token.client_ids
        expect.that(is_own, "`client_id` of the client that requested the token", "another value", breach="act")

    recorded.each(named, judge)


@requirement("rfc7662-2.2-username-true")
def test_no_username_is_that_of_another_person(recorded: Recorded, expect: Expect) -> None:
    def judge(named: Named) -> None:
        wanted, told = "no name of another person", f"{named.told!r} for a token that {named.owner!r} authorized"
        expect.that(not named.is_another, wanted, told, breach="act", at=named.reply)

    recorded.each(names_on_record(recorded), judge)


@requirement("rfc7662-2.2-token-type-true")
def test_every_token_type_is_that_of_the_token_response(recorded: Recorded, expect: Expect) -> None:
    def judge(token: Said) -> None:
        issued, told = (str(each.get("token_type")).lower() for each in (token.issue, token.reply.members))
        expect.that(issued == told, f"`token_type` {issued}, in any case", repr(told), breach="act", about="token_type")

    typed = [
        each
        for each in descriptions_on_record(recorded)
        if {"token_type"} <= each.issue.keys() & each.reply.members.keys()
    ]
    recorded.each(typed, judge)


@requirement("rfc7662-2.2-exp-agrees-with-lifetime")
def test_every_token_expires_when_its_response_said(recorded: Recorded, expect: Expect) -> None:
    timed = [each for each in descriptions_on_record(recorded) if seconds_off(each) is not None]

    def judge(token: Said) -> None:
        off = seconds_off(token) or 0.0
        wanted = "`exp` as long after the issue as expires_in said"
        expect.that(abs(off) <= CLOCK_TOLERANCE, wanted, f"{off:.0f} s apart", breach="act")

    recorded.each(timed, judge)


@requirement("rfc7662-2.2-iat-agrees-with-issuance")
def test_the_time_of_issue_never_moves(recorded: Recorded, expect: Expect) -> None:
    both = [each for each in recorded.said_again() if "iat" in each.first.members and "iat" in each.reply.members]

    def judge(answer: Again) -> None:
        first, later = (number(each.members["iat"]) or 0.0 for each in (answer.first, answer.reply))
        told = f"{later - first:.0f} s later in another answer"
        expect.that(abs(later - first) <= ROUNDING, "one `iat` for one token", told, breach="act")

    recorded.each(both, judge)


def descriptions_on_record(recorded: Recorded) -> list[Said]:
    """What introspection said of access tokens that were active."""
    return [each for each in recorded.said_of_tokens() if "active" in each.reply.members]


def seconds_off(token: Said) -> float | None:
    """By how many seconds `exp` lies behind what `expires_in` said, as counted from when the token was issued.

    That is by the clock of the answer that issued it, else by `iat`. None where one of the times isn't told, or where
    something was said of the token before: a token that is used may live longer for it.
    """
    members = token.reply.members
    issued = number(members.get("iat")) if (told := answered_at(token.issuer)) is None else told
    exp, lifetime = number(members.get("exp")), number(token.issue.get("expires_in"))
    if issued is None or exp is None or lifetime is None or not token.at_once:
        return None
    return exp - issued - lifetime
