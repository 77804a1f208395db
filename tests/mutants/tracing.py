"""Which statements of the reference server's steps each test of the suite runs, on the default server or a variant."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import reference_server.steps
from conformance.running.collecting import Case
from tests.matrix.engine import Ended, cases, key, open_world, run_case
from tests.mutants.mutating import noted
from tests.mutants.swapping import STEPS, swapped

Line = tuple[str, int]
NOTE = "_note_line"


@dataclass(frozen=True)
class CleanRun:
    """How every test ends on a server without mutants, and the lines that it runs there, by their keys."""

    ended: Mapping[str, Ended]
    lines: Mapping[str, frozenset[Line]]


@contextmanager
def noting(lines: set[Line]) -> Iterator[None]:
    """Inside, statements of steps put their lines into a set: file name and number."""
    paths = sorted(STEPS.glob("*.py"))

    def note(name: str, line: int) -> None:
        lines.add((name, line))

    for path in paths:
        setattr(importlib.import_module(f"{reference_server.steps.__name__}.{path.stem}"), NOTE, note)
    with swapped([function for path in paths for function in noted(path, NOTE)]):
        yield


def run_noted(variant: str | None, chosen: Iterable[Case]) -> CleanRun:
    """Each of the chosen tests in a world of its own, on the default server (None) or a variant."""
    ended, ran = {}, {}
    lines = set[Line]()
    with noting(lines):
        for case in chosen:
            lines.clear()
            world = open_world(variant)
            try:
                ended[key(case)] = run_case(case, world)
            finally:
                world.session.close()
            ran[key(case)] = frozenset(lines)
    return CleanRun(ended, ran)


def by_line(lines: Mapping[str, frozenset[Line]]) -> dict[Line, list[Case]]:
    """The tests that run each line, the shortest first."""
    found: dict[Line, list[Case]] = defaultdict(list)
    for case in sorted((each for each in cases() if key(each) in lines), key=lambda case: len(lines[key(case)])):
        for line in lines[key(case)]:
            found[line].append(case)
    return found
