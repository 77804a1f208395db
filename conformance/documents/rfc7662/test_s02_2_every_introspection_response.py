"""RFC 7662 section 2.2: every answer of a run about a token, whoever asked about which."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.procedures.introspection_members import is_scope, is_string, is_text, is_text_or_list, is_time
from conformance.wire.exchange import Reply

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
