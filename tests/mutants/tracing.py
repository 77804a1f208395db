"""Which lines of the reference server's steps each test of the suite runs, on the clean server or on a variant."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import reference_server.steps
from conformance.running.collecting import Case
from tests.matrix.engine import Ended, cases, key, open_world, run_case

STEPS = Path(reference_server.steps.__file__).parent
Line = tuple[str, int]


@contextmanager
def traced_lines() -> Iterator[set[Line]]:
    """Inside, the lines of steps that run in this thread are noted: file name and number."""
    prefix, lines = str(STEPS), set[Line]()

    def note(frame: FrameType, event: str, _: Any) -> Any:
        lines.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        return note

    def enter(frame: FrameType, event: str, value: Any) -> Any:
        return note(frame, event, value) if frame.f_code.co_filename.startswith(prefix) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield lines
    finally:
        sys.settrace(before)


def run_traced(variant: str | None) -> tuple[dict[str, Ended], dict[Line, list[Case]]]:
    """How each test ends, in a world of its own, and by line the tests that run it, the shortest first."""
    ended, ran = {}, {}
    for case in cases():
        world = open_world(variant)
        try:
            with traced_lines() as lines:
                ended[key(case)] = run_case(case, world)
        finally:
            world.session.close()
        ran[key(case)] = lines
    return ended, _by_line(ran)


def _by_line(ran: Mapping[str, set[Line]]) -> dict[Line, list[Case]]:
    found: dict[Line, list[Case]] = defaultdict(list)
    for case in sorted(cases(), key=lambda case: len(ran[key(case)])):
        for line in ran[key(case)]:
            found[line].append(case)
    return found
