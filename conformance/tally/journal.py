"""The journal of a run: a line for each test as it ends, so that a killed run can be rendered later.

Lines are JSON objects with one member: `header` first, then `test` for each test, `again` for each finding that was
tried again, `end` when nothing follows, `reports` when everything is written. Whoever writes a journal holds a lock on
it: one without the last line whose lock is free belongs to a run that was killed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from conformance.tally.confirming import left_alone, tried_again
from conformance.tally.gathered import Header, Run, TestResult

NAME = "journal.jsonl"
LAST_LINE = b'{"reports": "written"}\n'


class JournalFault(Exception):
    """A journal can't be read: the message names the file and what is wrong."""


class Journal:
    """Writes `journal.jsonl` in a run's folder, flushed line by line.

    A line that can't be written, as on a full disk, is the last one: `failure` says why. The run goes on without.
    """

    def __init__(self, folder: Path, header: Header) -> None:
        self.failure: OSError | None = None
        self._file: IO[bytes] = (folder / NAME).open("wb", buffering=0)
        _lock(self._file, wait=True)
        self._write({"header": asdict(header)})

    def add(self, test: TestResult) -> None:
        """Write down how a test ended."""
        self._write({"test": test.as_dict()})

    def settle(self, finding: TestResult, second: TestResult | str) -> None:
        """Write down how a finding's second try ended, or why there is none."""
        told = second if isinstance(second, str) else second.as_dict()
        self._write({"again": {"requirement": finding.requirement, "name": finding.name, "second": told}})

    def end(self, run: Run) -> None:
        """Write down that no test follows."""
        names = ("finished", "interrupted", "collected", "forecast", "footprint")
        self._write({"end": {name: getattr(run, name) for name in names}})

    def close(self) -> None:
        """Close the file of a run whose reports are written."""
        self._write_bytes(LAST_LINE)
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        # ASCII alone: a half of a surrogate pair that a target sent can't be encoded otherwise.
        self._write_bytes(json.dumps(line).encode("ascii") + b"\n")

    def _write_bytes(self, line: bytes) -> None:
        if self.failure is not None:
            return
        try:
            written = self._file.write(line)
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as error:
            error.filename = self._file.name
            self.failure = error


@dataclass(frozen=True, slots=True)
class Journaled:
    """The run that a journal tells of, as far as it got, and how many of its lines can't be read.

    A run that was killed is marked as interrupted; the last line of its journal may have been written by half.
    """

    run: Run
    dropped: int = 0


def read_journal(place: Path) -> Journaled:
    """Read a journal, given as a file or as its run's folder. Raises JournalFault when it is none."""
    path = place / NAME if place.is_dir() else place
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise JournalFault(f"{path}: can't be read: {error.strerror}") from error
    try:
        run = Run(Header.of_dict(json.loads(lines[0])["header"]), interrupted=True)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise JournalFault(f"{path}: is not the journal of a run of this version of the suite") from error
    dropped = sum(not _take(run, line) for line in lines[1:] if line)
    return Journaled(run, dropped)


def _take(run: Run, line: bytes) -> bool:
    """Add what a line tells to a run; whether it could be read."""
    try:
        match json.loads(line):
            case {"test": test}:
                run.tests.append(TestResult.of_dict(test))
            case {"again": {"requirement": requirement, "name": name, "second": second}}:
                _settle(run, requirement, name, second)
            case {"end": end}:
                run.finished, run.interrupted, run.collected = end["finished"], end["interrupted"], end["collected"]
                run.forecast, run.footprint = end["forecast"], end["footprint"]
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _settle(run: Run, requirement: str, name: str, second: Any) -> None:
    """Take in what became of a finding. Raises KeyError for one that the journal doesn't have."""
    for number, test in enumerate(run.tests):
        if (test.requirement, test.name) == (requirement, name):
            told = isinstance(second, str)
            run.tests[number] = left_alone(test, second) if told else tried_again(test, TestResult.of_dict(second))
            return
    raise KeyError(name)


def is_abandoned(folder: Path) -> bool:
    """Whether a run's folder was left without its reports by a process that is gone."""
    path = folder / NAME
    try:
        with path.open("rb") as file:
            return _has_header(file) and not _has_last_line(file) and _lock(file, wait=False)
    except OSError:
        return False


@contextlib.contextmanager
def taken_over(folder: Path) -> Iterator[None]:
    """Hold the journal of an abandoned run while its reports are written, and end it then.

    Raises BlockingIOError when another process holds it.
    """
    with (folder / NAME).open("ab") as file:
        if not _lock(file, wait=False):
            raise BlockingIOError(f"{folder / NAME} is held by another process")
        yield
        # The empty line closes one that was written by half.
        file.write(b"\n" + LAST_LINE)


def _has_header(file: IO[bytes]) -> bool:
    return file.readline().endswith(b"\n")


def _has_last_line(file: IO[bytes]) -> bool:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - len(LAST_LINE)))
    return file.read() == LAST_LINE


def _lock(file: IO[bytes], *, wait: bool) -> bool:
    """Take the lock of an open journal; it goes with the file or the process. False when another process has it."""
    try:
        import fcntl
    except ImportError:
        # A system without such locks: nobody can tell whether a run goes on, so none is taken for abandoned.
        return wait
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
