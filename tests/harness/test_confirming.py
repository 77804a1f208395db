"""A finding that is tried again: what stands after one sight, what decides nothing, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.base import schemas
from conformance.tally import confirming
from conformance.tally.confirming import Attempts, findings_in, left_alone, tried_again
from conformance.tally.gathered import TestResult
from conformance.tally.journal import Journal, read_journal
from tests.harness.test_journal import HEADER
from tests.reporting import synthetic

MUST = "rfc6749-4.1.2-reused-code-denied"
SHOULD = "rfc6749-10.10-access-token-160-bits"
LEVELS = {requirement.id: requirement.level for requirement in synthetic.catalogue().requirements}


def finding(breach: str, requirement: str = MUST, **more: Any) -> TestResult:
    test = TestResult(requirement, "test_it", "broken", expected="a refusal", observed="a token", breach=breach, **more)
    return synthetic.with_evidence(test, synthetic.exchange(body="first"))


def second(outcome: str, **more: Any) -> TestResult:
    return synthetic.with_evidence(TestResult(MUST, "test_it", outcome, **more), synthetic.exchange(body="second"))


@pytest.mark.parametrize(
    ("breach", "outcome", "verdict", "words"),
    [
        ("act", "broken", "failed", "seen 2 of 2"),
        ("omission", "broken", "failed", "seen 2 of 2"),
        ("act", "kept", "failed", "seen 1 of 2"),
        ("omission", "kept", "inconclusive", "depends on what went before"),
        ("omission", "vacuous", "inconclusive", "depends on what went before"),
        ("omission", "inconclusive", "failed", "not repeated: no way in"),
        ("act", "error", "failed", "not repeated: no way in"),
    ],
)
def test_a_second_try_decides_what_becomes_of_a_finding(breach: str, outcome: str, verdict: str, words: str) -> None:
    settled = tried_again(finding(breach), second(outcome, reason="no way in"))

    content = synthetic.content([settled])
    entry = next(entry for entry in content["requirements"] if entry["id"] == MUST)
    test = entry["tests"][0]
    assert (entry["verdict"], test["repeat"]["words"]) == (verdict, words)
    assert schemas.first_fault_of_large("results", json.dumps(content)) is None
    sent = [
        content["exchanges"][place]["request"]["body"] for place in (*test["exchanges"], *test["repeat"]["exchanges"])
    ]
    assert sent == ["first", "second"], "the evidence of both"


def test_what_depends_on_what_went_before_tells_both_tries() -> None:
    settled = tried_again(finding("omission"), second("kept"))

    assert "expected a refusal; observed a token" in settled.reason
    assert "alone, it was kept" in settled.reason


def test_a_finding_that_is_left_alone_says_why() -> None:
    content = synthetic.content([left_alone(finding("act"), "a race")])

    entry = next(entry for entry in content["requirements"] if entry["id"] == MUST)
    assert entry["verdict"] == "failed"
    assert entry["tests"][0]["repeat"]["words"] == "not repeated: a race"


def test_a_finding_of_a_killed_run_was_not_repeated() -> None:
    content = synthetic.content([finding("omission")])

    entry = next(entry for entry in content["requirements"] if entry["id"] == MUST)
    assert entry["verdict"] == "failed"
    assert entry["tests"][0]["repeat"]["words"] == "not repeated: the run ended before that"


def test_what_a_second_try_can_undo_comes_first_and_then_the_graver_ones() -> None:
    tests = [
        finding("act", SHOULD),
        finding("act"),
        finding("omission", SHOULD),
        finding("omission"),
        TestResult(MUST, "test_other", "kept"),
    ]

    found = [(test.breach, test.requirement) for test in findings_in(tests, LEVELS)]

    assert found == [("omission", MUST), ("omission", SHOULD), ("act", MUST), ("act", SHOULD)]


def test_the_time_for_it_is_a_quarter_of_the_run_and_never_next_to_nothing() -> None:
    assert confirming.seconds_for(400) == 100
    assert confirming.seconds_for(0.5) == confirming.LEAST_SECONDS


@pytest.mark.parametrize("told", [second("kept"), "a race"], ids=["kept", "left-alone"])
def test_a_journal_tells_of_second_tries(tmp_path: Path, told: TestResult | str) -> None:
    first = finding("omission")
    settled = left_alone(first, told) if isinstance(told, str) else tried_again(first, told)
    journal = Journal(tmp_path, HEADER)
    journal.add(first)
    journal.settle(settled, told)

    assert read_journal(tmp_path).run.tests == [settled]


def test_second_tries_lock_nobody_out() -> None:
    attempts = Attempts(3)
    costs = ({"resource_owner": 1}, {"clients.confidential": 2}, {"resource_owner": 1}, {"resource_owner": 1})

    refused = [attempts.take(each) for each in costs]

    assert refused[:3] == ["", "", ""]
    assert "[resource_owner]" in refused[3]
    assert Attempts(None).take({"resource_owner": 99}) == ""
