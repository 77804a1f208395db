"""Verdicts, conclusion and gate as the design's tables have them."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.base.verdict_words import VERDICTS, Verdict
from conformance.tally.verdicts import Tallied, combine, conclusion_of, gate_of, verdict_of


def entry(verdict: Verdict = "passed", **changes: Any) -> Tallied:
    """A MUST requirement on the authorization server, changed as told."""
    content = {
        "id": "x",
        "document": "rfc6749",
        "level": "MUST",
        "role": "authorization-server",
        "concludes": True,
        **changes,
    }
    return Tallied(verdict=verdict, **content)


@pytest.mark.parametrize(
    ("level", "word", "verdict"),
    [
        ("MUST", "broken", "failed"),
        ("STATED", "broken", "failed"),
        ("SHOULD", "broken", "warned"),
        ("MAY", "broken", "noted"),
        ("MUST", "kept", "passed"),
        ("SHOULD", "kept", "passed"),
        ("MAY", "kept", "noted"),
        ("MUST", "inconclusive", "inconclusive"),
        ("SHOULD", "error", "error"),
    ],
)
def test_level_and_outcome_make_the_verdict(level: Any, word: Any, verdict: str) -> None:
    assert verdict_of(level, word) == verdict


def test_the_gravest_of_several_tests_wins() -> None:
    assert combine(["passed", "warned", "not applicable"]) == "warned"
    assert combine(["not applicable", "passed"]) == "passed"
    assert combine(["vacuous", "passed"]) == "passed"
    assert combine(["vacuous", "untested"]) == "untested"
    assert combine(reversed(VERDICTS)) == "failed"
    assert combine([]) is None


@pytest.mark.parametrize(
    ("entries", "conclusion", "gate"),
    [
        ([entry()], "conformant", 0),
        ([entry(), entry("failed")], "not conformant", 1),
        ([entry(), entry("failed", level="STATED")], "not conformant", 1),
        ([entry(), entry("warned", level="SHOULD")], "conformant", 0),
        ([entry(), entry("error")], "faulty", 3),
        ([entry("failed"), entry("error")], "not conformant", 3),
        ([entry("inconclusive")], "incomplete", 6),
        ([entry("inconclusive", level="SHOULD")], "conformant", 0),
        ([entry(), entry("vacuous")], "conformant", 0),
        ([entry("untested")], "partial", 0),
        ([entry("untested", no_test_yet=True)], "incomplete", 6),
        ([entry("not applicable", declined=True)], "partial", 0),
        ([entry("failed", role="resource-server", concludes=False)], "conformant", 1),
        ([entry("failed", document="robustness", concludes=False)], "conformant", 1),
        ([entry("untestable"), entry("not applicable")], "conformant", 0),
    ],
)
def test_conclusion_and_gate(entries: list[Tallied], conclusion: str, gate: int) -> None:
    assert conclusion_of(entries) == conclusion
    assert gate_of(entries, "must") == gate


def test_the_gate_closes_on_warnings_only_when_told() -> None:
    entries = [entry("warned", level="SHOULD")]
    assert (gate_of(entries, "must"), gate_of(entries, "should")) == (0, 1)


def test_an_interrupted_run_says_so_unless_it_found_a_breach() -> None:
    assert conclusion_of([entry()], interrupted=True) == "interrupted"
    assert conclusion_of([entry("failed")], interrupted=True) == "not conformant"
    assert gate_of([entry("failed")], "must", interrupted=True) == 2


def test_nothing_selected_is_an_exit_code_of_its_own() -> None:
    assert gate_of([entry("untested")], "must", selected=False) == 5


def test_a_known_deviation_opens_the_gate_and_an_outdated_baseline_closes_it() -> None:
    failed = [entry("failed")]
    assert gate_of(failed, "must", excused=frozenset({"x"})) == 0
    assert gate_of([entry()], "must", closed_by_baseline=True) == 1
