"""Runs the suite's tests on a mutant in this process and says whether one of them notices."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from conformance.base.verdict_words import Verdict
from conformance.running.collecting import Case
from tests.matrix.engine import Ended, cases, key, open_world, run_case
from tests.mutants.mutating import Mutant, function_of
from tests.mutants.swapping import swapped

# Seconds of a test after which a mutant counts as hanging.
LONGEST_TEST = 60.0
FOUND: tuple[Verdict, ...] = ("failed", "warned", "error")
Status = Literal["killed", "blocked", "survived", "unreached"]
# What a run of the suite exits with other than 0 for: with a finding, or because an obligation stays undecided. As in
# mutation testing elsewhere, a program that can't be tested any more counts as killed.
NOTICED: tuple[Status, ...] = ("killed", "blocked")
# From what is noticed most to what no test even runs.
STATUSES: tuple[Status, ...] = ("killed", "blocked", "survived", "unreached")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant: killed (a test finds a breach), blocked (tests can't decide any more, and a run says
    so), survived (every test ends as it did), unreached (no test runs its statement); by which test, on which variant.
    """

    mutant: Mutant
    status: Status
    by: str = ""
    on: str | None = None


def try_mutant(mutant: Mutant, tests: Sequence[Case], clean: Mapping[str, Ended], variant: str | None = None) -> Result:
    """Run the tests that reach a mutant, and then those that judge what all of them got, until one finds a breach."""
    if not tests:
        return Result(mutant, "unreached")
    blocked = []
    with mutated(mutant):
        world = open_world(variant)
        try:
            for case in (*tests, *last_cases()):
                with at_most(LONGEST_TEST):
                    ended = run_case(case, world)
                before = clean[key(case)].verdict
                if ended.verdict in FOUND and (ended.verdict != before or case.is_judged_last):
                    return Result(mutant, "killed", key(case), variant)
                if ended.verdict == "inconclusive" != before and not case.is_judged_last:
                    blocked.append(key(case))
        finally:
            world.session.close()
    return Result(mutant, "blocked", blocked[0], variant) if blocked else Result(mutant, "survived")


@cache
def last_cases() -> Sequence[Case]:
    """The tests that judge every answer of a run, at its end."""
    return [case for case in cases() if case.is_judged_last]


def mutated(mutant: Mutant) -> AbstractContextManager[None]:
    """Inside, the mutant's function and all that it has made run the changed code, wherever they are held."""
    return swapped([function_of(mutant)])


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside when it takes longer."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
