"""Tries mutants in two processes: each on the default server, then on the variants that are named for its function."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from conformance.running.collecting import Case
from tests.matrix.engine import UNDECIDED, Ended, cases, key
from tests.mutants.likely import broken_by_step
from tests.mutants.mutating import Mutant
from tests.mutants.running import FATES, Fate, Result, try_mutant
from tests.mutants.servers import BESIDE, servers_of
from tests.mutants.tracing import CleanRun, Line, by_line, run_noted

PROCESSES = 2


@dataclass
class Work:
    """What the forked processes share: how every server does without mutants, and the mutants to try.

    `killers` are the tests that killed a mutant of a function in this process: its next ones fall to them often.
    """

    mutants: Sequence[Mutant] = ()
    ended: Mapping[str | None, Mapping[str, Ended]] = field(default_factory=dict)
    tests: Mapping[str | None, Mapping[Line, Sequence[Case]]] = field(default_factory=dict)
    killers: dict[str, set[str]] = field(default_factory=dict)

    def result(self, number: int) -> Result:
        """Try one mutant on one server after the other; what became of it where most was noticed."""
        mutant = self.mutants[number]
        found = []
        for variant in servers_of(mutant):
            tests = self.tests[variant].get((mutant.path.name, mutant.statement), ())
            found.append(try_mutant(mutant, self.in_order(mutant, tests), self.ended[variant], variant))
            if found[-1].fate == "killed":
                self.killers.setdefault(mutant.function, set()).add(found[-1].by)
                break
        return min(found, key=lambda result: FATES.index(result.fate))

    def in_order(self, mutant: Mutant, tests: Sequence[Case]) -> list[Case]:
        """First the tests that killed its like, then those of what the step's defects break, then the shortest."""
        killers, likely = self.killers.get(mutant.function, ()), broken_by_step().get(mutant.function, ())
        return sorted(tests, key=lambda case: (key(case) not in killers, case.requirement not in likely))


# Functions of forked processes are handed over by name: they find this here, as it was when they were forked.
WORK = Work()


def tried(mutants: Sequence[Mutant], journal: Path | None) -> Iterator[Result]:
    """What becomes of mutants, each written to a journal when it is known; those that stand there aren't tried."""
    written = dict(read_journal(journal)) if journal is not None and journal.exists() else {}
    yield from (Result(each, *written[each.name]) for each in mutants if each.name in written)
    WORK.mutants = [each for each in mutants if each.name not in written]
    if not WORK.mutants:
        return
    learn_servers()
    with _pool() as pool, open(journal or os.devnull, "a", encoding="utf-8") as file:
        for result in pool.map(_result, range(len(WORK.mutants)), chunksize=4):
            print(json.dumps([result.mutant.name, result.fate, result.by, result.on]), file=file, flush=True)
            yield result


def read_journal(path: Path) -> Iterator[tuple[str, tuple[Fate, str, str | None]]]:
    """What became of mutants, by their names."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, fate, by, variant = json.loads(line)
        yield name, (fate, by, variant)


def learn_servers() -> None:
    """Run the tests on every server that a mutant is tried on, without mutants."""
    default = run_noted(None, cases())
    needed = [name for name in BESIDE if any(name in servers_of(mutant) for mutant in WORK.mutants)]
    with _pool() as pool:
        found = pool.map(_run_variant, needed, [_telling(default, name) for name in needed])
        runs = dict(zip(needed, found, strict=True))
    WORK.ended = {None: default.ended, **{name: run.ended for name, run in runs.items()}}
    WORK.tests = {None: by_line(default.lines), **{name: by_line(run.lines) for name, run in runs.items()}}


def _telling(default: CleanRun, variant: str) -> set[str]:
    """The tests that can tell more on a variant: those that the default server has no occasion for, and those that
    run there what the variant is named for."""
    names = BESIDE[variant]
    lines = {
        (mutant.path.name, line)
        for mutant in WORK.mutants
        if mutant.path.name in names or mutant.function in names
        for line in mutant.lines
    }
    return {name for name, end in default.ended.items() if end.verdict in UNDECIDED or lines & default.lines[name]}


def _run_variant(variant: str, chosen: set[str]) -> CleanRun:
    return run_noted(variant, [case for case in cases() if key(case) in chosen or case.is_judged_last])


def _result(number: int) -> Result:
    return WORK.result(number)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(PROCESSES, get_context("fork"))
