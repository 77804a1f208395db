"""Runs some requirements' tests against a target in this process, reports and all, and watches memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from conformance.profile.loading import parse_profile
from conformance.running.collecting import Case, collect_cases
from conformance.running.single_test import execute, finished_test, result_of
from conformance.running.whole_run import RunOptions, RunRecorder, open_session
from conformance.tally.catalogue import Catalogue, load_catalogue

MODULES = "documents/rfc*/test_s0[2345]*.py"
REPORTS = {"results.json", "report.html", "junit.xml", "journal.jsonl"}
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run left behind: results, exit code, and by how many bytes memory grew at the most."""

    results: dict[str, Any]
    gate: int
    growth: int
    files: frozenset[str]

    def verdict(self, requirement: str) -> str:
        """The verdict of a requirement."""
        return str(self.entry(requirement)["verdict"])

    def entry(self, requirement: str) -> dict[str, Any]:
        """A requirement's entry."""
        return next(entry for entry in self.results["requirements"] if entry["id"] == requirement)

    def evidence(self, requirement: str) -> list[dict[str, Any]]:
        """The exchanges of a requirement's tests."""
        indexes = [index for test in self.entry(requirement)["tests"] for index in test["exchanges"]]
        return [self.results["exchanges"][index] for index in indexes]


@cache
def catalogue() -> Catalogue:
    """The requirements."""
    return load_catalogue()


@cache
def cases() -> tuple[Case, ...]:
    """The tests of the sections that answers of a target are about."""
    return tuple(collect_cases(MODULES))


def run_against(profile: str, only: Sequence[str], reports: Path) -> Ran:
    """Run the tests of some requirements against the target of a profile."""
    loaded = parse_profile(profile, "the profile of the test")
    with peak_memory() as peaks:
        recorder = RunRecorder.open(RunOptions(None, None, reports, only=tuple(only)), loaded, catalogue(), 0)
        session = open_session(loaded)
        try:
            for case in (case for case in cases() if case.requirement in only):
                recorder.run.collected.setdefault(case.requirement, []).append(case.name)
                requirement = catalogue().by_id[case.requirement]
                ended = finished_test(execute(case.function, case.parameters, requirement, case.needs, session))
                recorder.add(result_of(ended, case.requirement, case.name, session.redactor))
        finally:
            session.close()
        recorder.write()
        gate = recorder.finish()
    content = json.loads((recorder.folder / "results.json").read_text(encoding="utf-8"))
    return Ran(content, gate, max(peaks) - peaks[0], frozenset(path.name for path in recorder.folder.iterdir()))


@contextmanager
def peak_memory(process: psutil.Process | None = None) -> Iterator[list[int]]:
    """Bytes that this process, or another one and each of its children, had at each look; the last is the peak's."""
    watched = process or psutil.Process()
    peaks = [_largest(watched)]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            peaks.append(_largest(watched))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def _largest(process: psutil.Process) -> int:
    try:
        family = [process] if process.pid == psutil.Process().pid else [process, *process.children(recursive=True)]
        return max((each.memory_info().rss for each in family), default=0)
    except psutil.Error:
        return 0
