"""A finding names the exchange that it rests on, what shows it there, and what it was compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.base.outcomes import Violation
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.session import Session
from conformance.running.single_test import execute, finished_test, result_of
from conformance.tally.catalogue import Requirement
from conformance.tally.entries import case_of
from conformance.tally.gathered import TestResult
from conformance.wire.exchange import Reply
from tests.harness.fakes import Answering, trial_with
from tests.reporting.synthetic import catalogue, content

Test = Callable[[Given, Send, Expect], object]
JSON = {"Content-Type": "application/json"}
TOKENS = '{"access_token": "an-access-token", "token_type": "bearer", "refresh_token": "a-refresh-token"}'
LONG = f"<!doctype html><html><head><title>Oops</title></head><body>{'x' * 9000} said: needle{'y' * 9000}</body></html>"


def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
    """A server that issues tokens, whatever is asked, and tells of itself at great length."""
    match path:
        case "/oauth/token" if parameters.get("grant_type") == "wrong":
            return 400, JSON, '{"error": "odd"}'
        case "/oauth/token":
            return 200, JSON, TOKENS
        case "/oauth/introspect":
            return 200, JSON, '{"active": true}'
        case "/oauth/authorize":
            return 302, {"Location": "/login"}, ""
        case "/login":
            return 302, {"Location": "https://client.example/cb?code=a-code-value&state=lost"}, ""
    return 200, {}, LONG


def result(test: Test, session: Session | None = None) -> TestResult:
    """How a test ends, with its evidence."""
    chosen = requirement()
    session = session or trial_with(handle).session
    parameters: dict[str, Any] = {"given": ..., "send": ..., "expect": ...}
    return result_of(finished_test(execute(test, parameters, chosen, (), session)), chosen.id, "test", session.redactor)


def requirement() -> Requirement:
    return catalogue().by_id["rfc6749-5.1-token-response-no-store"]


def judged(test: Test) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What `results.json` says of a finding: what it rests on, and the exchanges that this refers to."""
    found = content([result(test)])
    entry = next(entry for entry in found["requirements"] if entry["id"] == requirement().id)
    return entry["tests"][0]["judged"], found["exchanges"]


def body_of(place: int, exchanges: list[dict[str, Any]]) -> str:
    return str(exchanges[place]["request"]["body"])


def test_it_is_the_reply_that_was_judged_though_others_came_after() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        replies = [send.form("token", [("grant_type", name)]) for name in ("right", "wrong", "other")]
        expect(replies[1]).has_status(401)

    found, exchanges = judged(test)
    assert body_of(found["exchange"], exchanges) == "grant_type=wrong"
    assert (found["aspect"], found["excerpt"]) == ("status", '{"error": "odd"}')


def test_it_is_the_reply_that_the_test_held_where_the_expectation_names_none() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        reply = send.form("token", [("grant_type", "wrong")])
        send.form("token", [("grant_type", "afterwards")])
        expect.that("error" not in reply.members, "no error", "an odd one")

    found, exchanges = judged(test)
    assert body_of(found["exchange"], exchanges) == "grant_type=wrong"


def test_it_is_the_last_stimulus_where_nothing_else_tells() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        send.form("token", [("grant_type", "one")])
        send.form("token", [("grant_type", "two")])
        raise Violation("something", "something else")

    found, exchanges = judged(test)
    assert body_of(found["exchange"], exchanges) == "grant_type=two"


def test_of_an_authorization_request_it_is_the_first_hop_and_the_answer_the_last() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        expect(send.authorize()).returns_state("kept")

    found, exchanges = judged(test)
    assert "response_type=code" in exchanges[found["exchange"]]["request"]["url"]
    assert exchanges[found["answer"]]["request"]["url"].endswith("/login")
    assert found["excerpt"] == "Location: https://client.example/cb?code={code#1}&state=lost"


def test_of_a_token_it_is_the_last_question_beside_the_first() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        token = given.active_token(given.tokens_in(send.form("token", []), given.client(), "client_credentials", None))
        send.form("token", [("grant_type", "wrong")])
        expect(token).is_inactive()

    found, exchanges = judged(test)
    places = [place for place, each in enumerate(exchanges) if each["request"]["url"].endswith("/introspect")]
    assert (found["control"], found["exchange"]) == (places[0], places[-1])


def test_the_control_stands_beside_with_the_difference_in_words() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        given.issued(send.form("token", [("grant_type", "right"), ("scope", "one")]))
        expect(send.form("token", [("grant_type", "right"), ("scope", "one"), ("scope", "one")])).is_refused()

    found, exchanges = judged(test)
    assert body_of(found["control"], exchanges) == "grant_type=right&scope=one"
    assert found["differs"] == ["`scope` twice"]
    assert '"{access_token#1}"' in found["excerpt"]


def test_a_control_of_an_observation_is_one_of_each_test_that_asks() -> None:
    def procedure(given: Given, send: Send) -> Reply:
        given.issued(send.form("token", [("grant_type", "right")]))
        return send.form("token", [("grant_type", "right"), ("resource", "x")])

    def test(given: Given, send: Send, expect: Expect) -> None:
        reply = given.observed("a key", lambda: procedure(given, send))
        expect(reply).is_refused()

    session = trial_with(handle).session
    first, second = result(test, session), result(test, session)
    assert second.judged == first.judged
    assert second.judged is not None
    assert second.judged["control"]


def test_the_excerpt_is_around_the_proof_wherever_it_stands() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        expect(send.raw("GET", "https://as.test/page")).body_lacks("needle", "a needle")

    found, _ = judged(test)
    assert "said: needle" in found["excerpt"]
    assert len(found["excerpt"]) < 300


def test_a_finding_without_any_exchange_rests_on_none() -> None:
    def test(given: Given, send: Send, expect: Expect) -> None:
        raise Violation("something", "something else")

    assert result(test).judged is None


@pytest.mark.parametrize(("name", "case"), [("test_a[resource]", "resource"), ("test_a", ""), ("test_a[b[c]]", "b[c]")])
def test_the_case_is_what_the_name_of_a_test_holds(name: str, case: str) -> None:
    assert case_of(name) == case
