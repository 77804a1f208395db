"""Runs the suite's tests on a mutant in this process and says whether one of them notices."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Literal

from conformance.running.collecting import Case
from tests.matrix.engine import UNDECIDED, Ended, key, open_world, run_case
from tests.mutants.mutating import Mutant, code_of

# Seconds of a test after which a mutant counts as hanging.
LONGEST_TEST = 20.0
# A mutant that so many tests find undecided has blocked the rest too.
ENOUGH_BLOCKED = 40
Fate = Literal["killed", "blocked", "survived", "unreached"]
# From what is noticed most to what no test even runs.
FATES: tuple[Fate, ...] = ("killed", "blocked", "survived", "unreached")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant: killed (a test finds a breach), blocked (tests can't decide any more and say so),
    survived (every test ends as it did), unreached (no test runs its line)."""

    mutant: Mutant
    fate: Fate
    by: str = ""


def try_mutant(mutant: Mutant, tests: Sequence[Case], clean: Mapping[str, Ended], variant: str | None = None) -> Result:
    """Run the tests that reach a mutant until one finds a breach."""
    if not tests:
        return Result(mutant, "unreached")
    blocked = []
    with mutated(mutant):
        world = open_world(variant)
        try:
            for case in tests:
                with at_most(LONGEST_TEST):
                    ended = run_case(case, world)
                if ended.verdict in ("failed", "warned", "error") and ended.verdict != clean[key(case)].verdict:
                    return Result(mutant, "killed", key(case))
                if ended.verdict in UNDECIDED and ended.verdict != clean[key(case)].verdict:
                    blocked.append(key(case))
                if len(blocked) == ENOUGH_BLOCKED:
                    break
        finally:
            world.session.close()
    return Result(mutant, "blocked", blocked[0]) if blocked else Result(mutant, "survived")


@contextmanager
def mutated(mutant: Mutant) -> Iterator[None]:
    """Inside, the mutant's function and all that it has made run the changed code, wherever they are held."""
    new = {code.co_qualname: code for code in _with_inner(code_of(mutant))}
    swapped: list[tuple[FunctionType, CodeType]] = []
    # What collecting tests has frozen isn't among the objects otherwise.
    gc.unfreeze()
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        code = function.__code__
        if code.co_filename == str(mutant.path) and code.co_qualname in new:
            swapped.append((function, code))
    try:
        for function, _ in swapped:
            function.__code__ = new[function.__code__.co_qualname]
        yield
    finally:
        for function, code in swapped:
            function.__code__ = code


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


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
