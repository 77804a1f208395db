"""The journal of a run: a line for each test as it ends, so that a killed run can be rendered later."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from conformance.harness.results import Header, Run, TestResult

NAME = "journal.jsonl"


class Journal:
    """Writes `journal.jsonl` in a run's folder, flushed line by line."""

    def __init__(self, folder: Path, header: Header) -> None:
        self._file: IO[str] = (folder / NAME).open("w", encoding="utf-8")
        self._write({"header": asdict(header)})

    def add(self, test: TestResult) -> None:
        """Write down how a test ended."""
        self._write({"test": test.as_dict()})

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


def read_journal(path: Path) -> Run:
    """The run that a journal tells of, as far as it got; a last line that was cut off is left out.

    Raises ValueError when the file isn't a journal.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        header = json.loads(lines[0])["header"]
        run = Run(Header(**{**header, "features": tuple(header["features"]), "selection": tuple(header["selection"])}))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not the journal of a run") from error
    for line in lines[1:]:
        try:
            test = json.loads(line)["test"]
        except ValueError:
            break
        run.tests.append(TestResult.of_dict(test))
    run.interrupted = True
    return run
