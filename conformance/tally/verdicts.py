"""Verdicts, conclusion and gate: pure functions, so that every report and the exit code agree.

The words follow ISO/IEC 9646 (pass, fail, inconclusive) and are extended by what a report has to account for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from conformance.base import exit_codes
from conformance.base.outcomes import OutcomeWord
from conformance.base.verdict_words import VERDICTS, Verdict
from conformance.tally.catalogue import Level

FINDINGS: tuple[Verdict, ...] = ("failed", "warned")
BINDING: tuple[Level, ...] = ("MUST", "STATED")

Conclusion = Literal["not conformant", "faulty", "interrupted", "incomplete", "partial", "conformant"]


def verdict_of(level: Level, word: OutcomeWord) -> Verdict:
    """The verdict that one test's outcome means at a requirement's level."""
    if word == "kept":
        return "noted" if level == "MAY" else "passed"
    if word == "broken":
        return {"MUST": "failed", "STATED": "failed", "SHOULD": "warned", "MAY": "noted"}[level]  # type: ignore[return-value]
    return word


def combine(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict of a requirement with several tests: the first word of `VERDICTS` that occurs; None without any."""
    present = set(verdicts)
    return next((word for word in VERDICTS if word in present), None)


@dataclass(frozen=True, slots=True)
class Tallied:
    """What conclusion and gate need to know of one requirement; one that `concludes` has a part in the conclusion."""

    id: str
    document: str
    level: Level
    role: str
    verdict: Verdict
    concludes: bool
    declined: bool = False
    no_test_yet: bool = False


# Documents that order nothing in the name of an RFC have a line of their own.
OUTSIDE_THE_CONCLUSION = ("http", "robustness")
# Those of them that generated input alone decides.
BY_FUZZING_ALONE = ("robustness",)


def counts_for_conclusion(entry: Tallied) -> bool:
    """Whether a requirement has a part in the conclusion, is applicable and decidable from outside."""
    return entry.concludes and entry.verdict not in ("not applicable", "untestable")


def is_undecided(entry: Tallied) -> bool:
    """Whether a binding requirement stayed open: its precondition failed, or the suite has no test for it yet."""
    open_question = entry.verdict == "inconclusive" or (entry.verdict == "untested" and entry.no_test_yet)
    return open_question and entry.level in BINDING and counts_for_conclusion(entry)


def conclusion_of(entries: Sequence[Tallied], interrupted: bool = False) -> Conclusion:
    """The run's statement about the target."""
    applicable = [entry for entry in entries if counts_for_conclusion(entry)]
    binding = [entry.verdict for entry in applicable if entry.level in BINDING]
    if "failed" in binding:
        return "not conformant"
    if any(entry.verdict == "error" for entry in entries):
        return "faulty"
    if interrupted:
        return "interrupted"
    if any(is_undecided(entry) for entry in entries):
        return "incomplete"
    untested = any(entry.verdict == "untested" for entry in applicable)
    declined = any(entry.declined and entry.concludes for entry in entries)
    return "partial" if untested or declined else "conformant"


FailOn = Literal["must", "should"]


def is_finding(entry: Tallied, fail_on: FailOn) -> bool:
    """Whether a requirement's verdict counts at the gate."""
    if entry.verdict == "failed":
        return True
    return fail_on == "should" and entry.verdict == "warned"


def gate_of(
    entries: Sequence[Tallied],
    fail_on: FailOn,
    *,
    interrupted: bool = False,
    selected: bool = True,
    excused: frozenset[str] = frozenset(),
    closed_by_baseline: bool = False,
) -> int:
    """The exit code; the first reason that holds decides. `excused` are requirement ids that a baseline knows."""
    if interrupted:
        return exit_codes.INTERRUPTED
    if not selected:
        return exit_codes.NOTHING_SELECTED
    if any(entry.verdict == "error" for entry in entries):
        return exit_codes.FAULT
    if closed_by_baseline or any(is_finding(entry, fail_on) and entry.id not in excused for entry in entries):
        return exit_codes.FINDINGS
    if any(is_undecided(entry) for entry in entries):
        return exit_codes.INCOMPLETE
    return exit_codes.OK
