"""A finding is tried again at the end of a run, alone: with a fresh browser, fresh tokens, and nothing remembered.

What the server did stands after one sight. What it didn't do, and does the second time, decides nothing: it depends on
what went before. Some findings aren't tried again, and say why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from conformance.base.outcomes import Breach, OutcomeWord
from conformance.tally.catalogue import Level
from conformance.tally.gathered import TestResult
from conformance.tally.verdicts import FINDINGS, verdict_of

State = Literal["seen again", "not seen again", "depends on what went before", "not repeated"]
# So many findings are tried again, in so large a part of the run's time; a narrow run is over too soon to tell a part.
MOST = 40
SHARE = 0.25
LEAST_SECONDS = 10.0
# How a second try can end that says nothing of the first.
UNDECIDED: tuple[OutcomeWord, ...] = ("inconclusive", "untested", "not applicable", "error")


@dataclass(frozen=True, slots=True)
class Repeat:
    """What became of a finding; `why` says why it wasn't tried again, or what kept the second try from deciding."""

    state: State
    why: str = ""

    @property
    def words(self) -> str:
        """For people, beside the finding."""
        match self.state:
            case "seen again":
                return "seen 2 of 2"
            case "not seen again":
                return "seen 1 of 2"
            case "not repeated":
                return f"not repeated: {self.why}"
        return self.state


def repeat_of_finding(breach: Breach | None, word: OutcomeWord, reason: str) -> Repeat:
    """What a second try, and how it ended, says of a finding."""
    if word == "broken":
        return Repeat("seen again")
    if word in UNDECIDED:
        return Repeat("not repeated", reason)
    return Repeat("not seen again" if breach == "act" else "depends on what went before")


def why_not_again(once: str, driver: str) -> str:
    """Why what a test found isn't tried again; empty where it can be. `once` is what the test says of that itself,
    `driver` who gets through sign-in."""
    if driver == "manual":
        return "a person would have to sign in once more"
    return once


@dataclass
class Attempts:
    """Failed sign-ins that second tries cost accounts and clients: fewer than `limit`, which the profile declares."""

    limit: int | None
    made: Counter[str] = field(default_factory=Counter)

    def take(self, costs: Mapping[str, int]) -> str:
        """Count what a second try costs. Where that is too much, why it isn't made; then nothing is counted."""
        locked = [table for table, cost in costs.items() if self.limit and self.made[table] + cost >= self.limit]
        if locked:
            return f"one more failed sign-in might lock [{locked[0]}]: `failed_authentications` under [limits]"
        self.made.update(costs)
        return ""


def seconds_for(run: float) -> float:
    """How long findings may be tried again after a run of so many seconds."""
    return max(LEAST_SECONDS, run * SHARE)


def findings_in(tests: Iterable[TestResult], levels: Mapping[str, Level]) -> list[TestResult]:
    """What is to be tried again, in this order: first what a second try can undo, then what it can only underline."""

    def weight(test: TestResult) -> tuple[bool, int]:
        return test.breach == "act", FINDINGS.index(verdict_of(levels[test.requirement], "broken"))

    found = [test for test in tests if verdict_of(levels[test.requirement], test.outcome) in FINDINGS]  # type: ignore[arg-type]
    return sorted(found, key=weight)


def tried_again(first: TestResult, second: TestResult) -> TestResult:
    """A finding with what became of it the second time, and the evidence of both."""
    repeat = repeat_of_finding(first.breach or None, second.outcome, second.reason)  # type: ignore[arg-type]
    told = replace(
        first,
        evidence=(*first.evidence, *second.evidence),
        repeat=_as_dict(repeat, second),
    )
    if repeat.state != "depends on what went before":
        return told
    first_time = f"expected {first.expected}; observed {first.observed}"
    reason = f"{repeat.words}: {first_time}; tried again at the end, alone, it was kept"
    return replace(told, outcome="inconclusive", reason=reason)


def left_alone(first: TestResult, why: str) -> TestResult:
    """A finding that isn't tried again, and why."""
    return replace(first, repeat=_as_dict(Repeat("not repeated", why), None))


def _as_dict(repeat: Repeat, second: TestResult | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"state": repeat.state, "words": repeat.words}
    if second is not None:
        shown |= {"outcome": second.outcome, "reason": second.reason, "exchanges": list(second.exchanges)}
    return shown
