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
from tests.mutants.running import NOTICED, STATUSES, Result, Status, try_mutant
from tests.mutants.servers import BESIDE, servers_of
from tests.mutants.tracing import CleanRun, Line, by_line, run_noted

PROCESSES = 2


@dataclass
class Work:
    """What the forked processes share: the mutants to try, and by server how every test does there without mutants.

    `killers` are the tests that killed a mutant of a function in this process: its next ones fall to them often.
    """

    mutants: Sequence[Mutant] = ()
    ended: dict[str | None, Mapping[str, Ended]] = field(default_factory=dict)
    tests: dict[str | None, Mapping[Line, Sequence[Case]]] = field(default_factory=dict)
    killers: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, variant: str | None, run: CleanRun) -> None:
        """Keep how tests do on a server."""
        self.ended[variant], self.tests[variant] = run.ended, by_line(run.lines)

    def result(self, number: int, variants: Sequence[str | None]) -> Result:
        """Try one mutant on one server after the other; what became of it where most was noticed."""
        mutant, found = self.mutants[number], []
        for variant in variants:
            tests = self.tests[variant].get((mutant.path.name, mutant.statement), ())
            found.append(try_mutant(mutant, self.in_order(mutant, tests), self.ended[variant], variant))
            if found[-1].status == "killed":
                self.killers.setdefault(mutant.function, set()).add(found[-1].by)
                break
        return min(found, key=_rank)

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
    left = [each for each in mutants if each.name not in written]
    with open(journal or os.devnull, "a", encoding="utf-8") as file:
        for result in _tried(left):
            print(json.dumps([result.mutant.name, result.status, result.by, result.on]), file=file, flush=True)
            yield result


def read_journal(path: Path) -> Iterator[tuple[str, tuple[Status, str, str | None]]]:
    """What became of mutants, by their names."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, status, by, variant = json.loads(line)
        yield name, (status, by, variant)


def _tried(mutants: Sequence[Mutant]) -> Iterator[Result]:
    """First on the default server; then on variants what nobody noticed there, with the tests that can tell more."""
    if not mutants:
        return
    default = run_noted(None, cases())
    WORK.learn(None, default)
    alive = []
    for result in _results(mutants, [(None,)] * len(mutants)):
        if result.status in NOTICED or not servers_of(result.mutant):
            yield result
        else:
            alive.append(result)
    needed = [name for name in BESIDE if any(name in servers_of(each.mutant) for each in alive)]
    with _pool() as pool:
        chosen = [_telling(default, name, [each.mutant for each in alive]) for name in needed]
        for name, run in zip(needed, pool.map(_run_variant, needed, chosen), strict=True):
            WORK.learn(name, run)
    there = _results([each.mutant for each in alive], [servers_of(each.mutant) for each in alive])
    yield from (min(pair, key=_rank) for pair in zip(alive, there, strict=True))


def _results(mutants: Sequence[Mutant], servers: Sequence[Sequence[str | None]]) -> Iterator[Result]:
    """What becomes of mutants on the servers that are named for each."""
    WORK.mutants = mutants
    with _pool() as pool:
        yield from pool.map(_result, range(len(mutants)), servers, chunksize=4)


def _telling(default: CleanRun, variant: str, mutants: Sequence[Mutant]) -> set[str]:
    """The tests that can tell more of some mutants on a variant: those that the default server has no occasion for,
    and those that run there what the variant is named for."""
    names = BESIDE[variant]
    lines = {
        (mutant.path.name, mutant.statement)
        for mutant in mutants
        if mutant.path.name in names or mutant.function in names
    }
    return {name for name, end in default.ended.items() if end.verdict in UNDECIDED or lines & default.lines[name]}


def _run_variant(variant: str, chosen: set[str]) -> CleanRun:
    return run_noted(variant, [case for case in cases() if key(case) in chosen or case.is_judged_last])


def _result(number: int, servers: Sequence[str | None]) -> Result:
    return WORK.result(number, servers)


def _rank(result: Result) -> int:
    return STATUSES.index(result.status)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(PROCESSES, get_context("fork"))
