"""From findings to faults: what rests on the same answers is one, what doesn't is not, the gravest comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.tally.gathered import TestResult
from tests.faults.running import defect_named, results_of
from tests.reporting.synthetic import catalogue, content, exchange, with_evidence

MUST = "rfc6749-5.1-access-token-present"
SHOULD = "rfc6749-5.1-expires-in-present"
NO_STORE = "rfc6749-5.1-token-response-no-store"
NO_CACHE = "rfc6749-5.1-token-response-pragma-no-cache"
STATED = "rfc6749-5.1-success-status-200"
TOKENS = exchange(reply='{"access_token":"{access_token#1}","token_type":"bearer"}')
OTHER = exchange(body="grant_type=password&username=alice", reply='{"access_token":"{access_token#2}"}')


def broken(requirement: str, aspect: str, sent: dict[str, Any] = TOKENS, name: str = "test") -> TestResult:
    """A finding that rests on one exchange."""
    told = {"expected": "something else", "observed": f"a wrong {aspect}"}
    test = with_evidence(TestResult(requirement, name, "broken", **told), sent)
    place = {"exchange": test.exchanges[0], "answer": test.exchanges[0], "control": ""}
    return replace(test, judged={**place, "aspect": aspect, "excerpt": ""})


def faults(*tests: TestResult) -> list[dict[str, Any]]:
    return list(content(list(tests))["faults"])


def ids(fault: dict[str, Any]) -> list[str]:
    return [each["id"] for each in fault["requirements"]]


def test_findings_of_the_same_answer_and_aspect_are_one_fault() -> None:
    found = faults(broken(NO_STORE, "header Cache-Control"), broken(NO_CACHE, "header Cache-Control", OTHER))
    assert [ids(fault) for fault in found] == [[NO_STORE, NO_CACHE]]


def test_findings_of_the_same_answer_and_another_aspect_are_two() -> None:
    found = faults(broken(NO_STORE, "header Cache-Control"), broken(SHOULD, "member expires_in"))
    assert [ids(fault) for fault in found] == [[NO_STORE], [SHOULD]]


def test_the_gravest_come_first_then_those_that_break_most() -> None:
    found = faults(
        broken(SHOULD, "member expires_in"),
        broken(MUST, "status"),
        broken(STATED, "header Pragma"),
        *(broken(name, "header Cache-Control") for name in (NO_STORE, NO_CACHE)),
    )
    assert [(fault["level"], len(fault["requirements"])) for fault in found] == [
        ("MUST", 2),
        ("MUST", 1),
        ("STATED", 1),
        ("SHOULD", 1),
    ]


def test_the_headline_is_the_gravest_requirement_where_no_cause_is_known() -> None:
    found = faults(broken(STATED, "header Cache-Control"), broken(NO_STORE, "header Cache-Control"))
    assert (found[0]["level"], found[0]["verdict"], found[0]["cause"]) == ("MUST", "failed", "")
    assert "`no-store`" in found[0]["title"]


def test_a_test_that_stands_alone_joins_the_other_faults_of_its_requirement() -> None:
    alone = broken(NO_STORE, "member scope", name="test[other]")
    found = faults(broken(NO_STORE, "header Cache-Control"), alone, broken(NO_CACHE, "header Cache-Control"))
    assert [ids(fault) for fault in found] == [[NO_STORE, NO_CACHE]]
    assert found[0]["requirements"][0]["tests"] == ["test", "test[other]"]


def test_a_requirement_with_two_faults_belongs_to_both() -> None:
    found = faults(
        broken(NO_STORE, "header Cache-Control"),
        broken(NO_CACHE, "header Cache-Control"),
        broken(NO_STORE, "member scope", name="test[other]"),
        broken(MUST, "member scope"),
    )
    assert sorted(ids(fault) for fault in found) == [[MUST, NO_STORE], [NO_STORE, NO_CACHE]]


def test_a_finding_without_an_exchange_is_a_fault_too() -> None:
    found = faults(TestResult(MUST, "test", "broken", expected="a handshake", observed="none"))
    assert [ids(fault) for fault in found] == [[MUST]]


def test_a_run_without_findings_has_no_faults() -> None:
    assert faults(TestResult(MUST, "test", "kept")) == []


# Defects that no cause is known of, and how many faults the suite makes of all that each breaks.
SINGLE = (
    *("client-credentials-secret-never-compared", "no-token-type", "implicit-forgets-state", "implicit-client-guessed"),
    *("grant-type-in-any-case", "refresh-without-authentication", "unknown-authorization-parameter-refused"),
    *("token-info-tells-nothing", "implicit-by-default", "code-error-without-state", "refresh-tokens-expire-at-once"),
)


@pytest.mark.parametrize("name", SINGLE)
def test_one_mistake_is_one_fault(name: str) -> None:
    defect = defect_named(name)
    found = results_of([defect], defect.breaks)["faults"]
    assert [ids(fault) for fault in found] == [ids(found[0])]
    assert len(ids(found[0])) >= 3


def test_two_mistakes_are_two_faults() -> None:
    pair = [defect_named("no-token-type"), defect_named("refresh-without-authentication")]
    found = results_of(pair, {name for defect in pair for name in defect.breaks})["faults"]
    assert sorted(map(set, map(ids, found)), key=len) == sorted((set(each.breaks) for each in pair), key=len)


def test_findings_at_a_client_are_one_fault_where_it_was_shown_the_same() -> None:
    tested = [each for each in catalogue().requirements if not each.untestable and not each.needs]
    own = [each.id for each in tested if each.role == "client" and each.level == "MUST"]
    scenes = ("state-of-another",), ("state-of-another",), ()
    tests = [replace(broken(name, "place"), about=scene) for name, scene in zip(own, scenes, strict=False)]
    found = list(content(tests, role="client")["faults"])
    assert [ids(fault) for fault in found] == [own[:2], own[2:3]]
    assert {fault["cause"] for fault in found} == {""}
