"""RFC 6749 section 5.1 and Appendix A: every answer of a run that issues a token, by whichever grant."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, requirement
from conformance.harness.held import body_of
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply

STRINGS = ("access_token", "token_type", "refresh_token", "scope")
ELEMENTS = [
    pytest.param("access_token", marks=requirement("rfc6749-A.12-issued-access-token-printable")),
    pytest.param("refresh_token", marks=requirement("rfc6749-A.17-issued-refresh-token-printable")),
    pytest.param("token_type", marks=requirement("rfc6749-A.13-token-type-well-formed")),
    pytest.param("scope", marks=requirement("rfc6749-A.4-token-response-scope-well-formed")),
]


@requirement("rfc6749-5.1-token-response-no-store")
def test_no_answer_with_a_token_may_be_stored(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.token_responses()

    recorded.each(answers, lambda reply: expect(reply).has_header("Cache-Control", directive="no-store"))


@requirement("rfc6749-5.1-token-response-pragma-no-cache")
def test_no_answer_with_a_token_may_be_cached(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.token_responses()

    recorded.each(answers, lambda reply: expect(reply).has_header("Pragma", directive="no-cache"))


@requirement("rfc6749-5.1-token-response-no-store")
def test_no_answer_with_a_secret_may_be_stored(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.chosen("with credentials", lambda: with_credentials(recorded))

    recorded.each(answers, lambda reply: expect(reply).has_header("Cache-Control", directive="no-store"))


@requirement("rfc6749-5.1-token-response-pragma-no-cache")
def test_no_answer_with_a_secret_may_be_cached(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.chosen("with credentials", lambda: with_credentials(recorded))

    recorded.each(answers, lambda reply: expect(reply).has_header("Pragma", directive="no-cache"))


@requirement("rfc6749-5.1-success-status-200")
def test_every_answer_with_a_token_has_status_200(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.token_responses()

    recorded.each(answers, lambda reply: expect(reply).has_status(200))


@requirement("rfc6749-5.1-success-media-type-json")
def test_every_answer_with_a_token_is_json(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect(reply).has_media_type("application/json")
        expect(reply).is_json_in_utf8()

    recorded.each(recorded.token_responses(), judge)


@requirement("rfc6749-5.1-token-type-present")
def test_every_answer_with_a_token_tells_its_type(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.token_responses()

    recorded.each(
        answers,
        lambda reply: expect.that(bool(reply.members.get("token_type")), "a token_type", reply, about="token_type"),
    )


@requirement("rfc6749-5.1-success-strings-as-strings")
@pytest.mark.parametrize("name", STRINGS)
def test_strings_are_json_strings_in_every_answer(recorded: Recorded, expect: Expect, name: str) -> None:
    issuing = [reply for reply in recorded.answers_of("token") if reply.is_success and "token_type" in reply.members]
    answers = [reply for reply in issuing if reply.members.get(name) is not None]

    recorded.each(answers, lambda reply: expect(reply).has_member(name, str))


@requirement("rfc6749-5.1-success-numbers-as-numbers")
def test_lifetimes_are_json_numbers_in_every_answer(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in recorded.token_responses() if reply.members.get("expires_in") is not None]

    recorded.each(answers, lambda reply: expect(reply).has_member("expires_in", int, float))


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_answer_keeps_to_the_syntax(recorded: Recorded, expect: Expect, element: str) -> None:
    answers = [reply for reply in recorded.token_responses() if reply.members.get(element)]

    recorded.each(answers, lambda reply: expect(reply).member_fits(element))


@requirement("rfc6749-A.18-token-response-parameter-names")
def test_members_of_every_answer_are_named_well(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.token_responses()

    recorded.each(answers, lambda reply: expect(reply).member_names_fit())


def with_credentials(recorded: Recorded) -> list[Reply]:
    """Answers other than token responses that hold a client's secret, a password, or a token that the run was issued:
    of the endpoints where clients authenticate, and pages for browsers.

    What a server refuses as no good any more is no credential. Whether a redirect is such an answer is left open.
    """
    secrets = recorded.passwords()
    credentials = secrets | recorded.issued("access_token") | recorded.issued("refresh_token")
    places = [reply for reply in recorded.for_browsers() if not reply.is_redirect]
    places += recorded.answers_of("token", "revocation")
    others = [reply for reply in places if not reply.is_success or not reply.members.get("access_token")]

    def holds_one(reply: Reply) -> bool:
        is_dead = reply.members.get("error") == "invalid_grant"
        return (secrets if is_dead else credentials).within(body_of(reply))

    return [reply for reply in others if holds_one(reply)]
