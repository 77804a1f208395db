"""Reading a `results.json` that a user names, checked before anything is made of it, and writing what was made."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from conformance.commands import UsageFault


def read_results(path: Path) -> dict[str, Any]:
    """The content of a `results.json`, or of the one in a run's folder, or what the journal of a killed run tells.

    Raises UsageFault when it is none of them.
    """
    from conformance.base import schemas
    from conformance.tally import journal

    file = path / "results.json" if path.is_dir() else path
    if file.suffix == ".jsonl" or (path.is_dir() and (path / journal.NAME).exists() and not _is_written(path)):
        return _journaled(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageFault(f"{file}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageFault(f"{file}: is not UTF-8 text: not a results.json") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageFault(f"{file}: is not JSON ({error}): name the results.json of a run") from error
    fault = schemas.first_fault_of_large("results", text)
    if fault is not None:
        raise UsageFault(f"{file}: is not a results.json of this suite: {fault[:500]}")
    _check_places(file, content)
    return dict(content)


def _is_written(folder: Path) -> bool:
    """Whether a run's folder has its reports: a killed run may have left some of them."""
    from conformance.tally import journal

    return (folder / "results.json").exists() and not journal.is_abandoned(folder)


def _journaled(path: Path) -> dict[str, Any]:
    """What a journal tells. The folder of a run that was killed gets its reports as well."""
    from conformance.running import recovery
    from conformance.tally import journal
    from conformance.tally.catalogue import load_catalogue

    catalogue = load_catalogue()
    try:
        if path.is_dir() and journal.is_abandoned(path):
            recovered = recovery.recover(path, catalogue)
            print(recovered, file=sys.stderr)
            return recovered.content
        journaled = journal.read_journal(path)
        content = recovery.content_of(journaled, catalogue)
    except (journal.JournalFault, OSError) as error:
        raise UsageFault(str(error)) from error
    print(f"{path}: {recovery.in_words(content, journaled.dropped)}", file=sys.stderr)
    return content


def _check_places(file: Path, content: dict[str, Any]) -> None:
    """What no schema can say: evidence that is referred to has to be there."""
    number = len(content["exchanges"])
    for entry in content["requirements"]:
        for test in entry["tests"]:
            if any(place >= number for place in test["exchanges"]):
                raise UsageFault(f"{file}: {entry['id']}: refers to an exchange that the file doesn't hold")


def write_report(report: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output without one. Raises UsageFault when the file can't be written."""
    if output is None:
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(report)
    except OSError as error:
        raise UsageFault(f"{output}: can't be written: {error.strerror}") from error
    print(output)
