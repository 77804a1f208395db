"""What a run has recorded of tokens: which answers belong to which, and what is left out as not sure."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from conformance.harness.held import values_of
from conformance.harness.tokens_on_record import said_again, said_of
from conformance.wire.exchange import Reply, Request
from tests.harness.fakes import FEATURES, Answering, trial_with

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def nothing(method: str, path: str, parameters: dict[str, str]) -> Answering:
    """No request is sent here."""
    return 404, {}, ""


TARGET = trial_with(nothing, FEATURES).target


def answer(endpoint: str, asked: dict[str, str], **members: object) -> Reply:
    """An answer of an endpoint, as JSON."""
    request = Request("POST", TARGET.url(endpoint), FORM, urlencode(asked).encode())
    return Reply(request, 200, (("Content-Type", "application/json"),), json.dumps(members).encode())


def issued(token: str, scope: str = "one two", **members: object) -> Reply:
    """A token response of a client that names itself in the form."""
    asked = {"grant_type": "client_credentials", "client_id": "app", "scope": scope}
    return answer("token", asked, access_token=token, **members)


def described(token: str, **members: object) -> Reply:
    """An answer of introspection that a token is active."""
    return answer("introspection", {"token": token}, active=True, **members)


def test_an_answer_about_a_token_belongs_to_the_one_that_issued_it() -> None:
    (said,) = said_of(TARGET, [issued("a"), issued("b"), described("b", scope="one")], [])
    assert (said.asked, said.told, said.shown) == (frozenset({"one", "two"}), None, frozenset({"one"}))
    assert (said.client_ids, said.at_once) == (frozenset({"app"}), True)


def test_a_token_that_was_issued_twice_is_left_out() -> None:
    replies = [issued("a"), issued("a"), described("a", iat=1), described("a", iat=9)]
    assert said_of(TARGET, replies, []) == []
    assert said_again(TARGET, replies) == []


def test_what_is_left_out_of_a_scope_may_be_kept_from_the_caller() -> None:
    less, more = (said_of(TARGET, [issued("a"), described("a", scope=told)], [])[0] for told in ("one", "one three"))
    assert not less.differs_from(frozenset({"one", "two"}))
    assert more.differs_from(frozenset({"one", "two"}))


def test_a_scope_that_can_be_read_in_two_ways_says_nothing_of_what_was_asked_for() -> None:
    asked = [said_of(TARGET, [issued("a", scope), described("a")], [])[0].asked for scope in ("one,two", "", 'o"e')]
    assert asked == [None, None, None]


def test_later_answers_about_a_token_are_held_against_the_first() -> None:
    first, second = described("a", iat=1), described("a", iat=2)
    (again,) = said_again(TARGET, [issued("a"), first, second, described("b")])
    assert (again.first, again.reply) == (first, second)


def test_a_value_is_found_as_a_word_of_its_own() -> None:
    values = values_of(["a-token-of-letters1", "c2VjcmV0c2VjcmV0/+==", "short1", "correcthorsebattery"])
    assert values.within("https://app.example/cb?sid=a-token-of-letters1&x=1")
    assert values.within("<input value='c2VjcmV0c2VjcmV0/+=='>")
    assert not values.within("a-token-of-letters12 short1 correcthorsebattery")
