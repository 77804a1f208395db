"""The gate's reason, which stands last: what a pipeline's exit code means."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reporting import rendered
from conformance.reporting.gate import gate_sentence
from conformance.tally.baseline import Baseline, Deviation
from conformance.tally.gathered import TestResult

from . import synthetic

MUST = ("rfc6749-4.1.2-reused-code-denied", "rfc6749-2.3.1-basic-supported")
SHOULD = next(
    r.id
    for r in synthetic.catalogue().requirements
    if r.is_tested and r.level == "SHOULD" and "implicit" not in r.needs
)
TODAY = "2026-03-01"


def broken(*identifiers: str) -> list[TestResult]:
    return [TestResult(each, "test", "broken", expected="a", observed="b") for each in identifiers]


def kept(*identifiers: str) -> list[TestResult]:
    return [TestResult(each, f"test_{each}", "kept") for each in identifiers]


def baseline(*entries: tuple[str, str]) -> Baseline:
    """Deviations, each with its last day."""
    return Baseline("known.toml", tuple(Deviation(name, "why", "team", day) for name, day in entries))


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "gate closed: no test was selected (exit 5)"),
    "fault": (
        {"tests": [TestResult(MUST[0], "test", "error", reason="KeyError")]},
        "gate closed: the suite itself failed at 1 requirement (exit 3)",
    ),
    "findings": ({"tests": broken(*MUST)}, "gate closed: 2 findings (exit 1)"),
    "finding": ({"tests": broken(MUST[0])}, "gate closed: 1 finding (exit 1)"),
    "warned": (
        {"tests": broken(SHOULD)},
        "gate open: 1 warning, let through unless `--fail-on should` (exit 0)",
    ),
    "should": ({"tests": broken(SHOULD), "fail_on": "should"}, "gate closed: 1 finding (exit 1)"),
    "new and stale": (
        {"tests": broken(MUST[0]) + kept(MUST[1]), "baseline": baseline((MUST[1], TODAY))},
        "gate closed: 1 new finding, 1 stale baseline entry (exit 1)",
    ),
    "expired": (
        {"tests": broken(*MUST), "baseline": baseline(*((each, "2026-02-28") for each in MUST))},
        "gate closed: 2 expired baseline entries (exit 1)",
    ),
    "known": ({"tests": broken(*MUST), "baseline": baseline(*((each, TODAY) for each in MUST))}, "gate open: 2 known"),
    "undecided": (
        {"tests": [TestResult(MUST[0], "test", "inconclusive", reason="no code")]},
        "gate closed: 1 MUST requirement undecided (exit 6)",
    ),
    "open": ({"tests": kept(*MUST)}, "gate open: no finding (exit 0)"),
}


@pytest.mark.parametrize(("made", "sentence"), CASES.values(), ids=CASES)
def test_the_gate_says_why(made: dict[str, Any], sentence: str) -> None:
    content = synthetic.content(**made)
    told = gate_sentence(content)
    assert told.startswith(sentence)
    assert told.endswith(f"(exit {content['gate']})")
    assert sentence.replace("`", "") in rendered(content, "markdown").decode().replace("`", "").replace("&#58;", ":")


def test_what_lies_outside_the_results_closes_it_too() -> None:
    content = synthetic.content(kept(*MUST))
    assert gate_sentence(content, 4, ["2 files could not be written"]) == (
        "gate closed: 2 files could not be written (exit 4)"
    )
