"""Renders runs that were killed, from their journals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.running.whole_run import write_run
from conformance.tally import results
from conformance.tally.catalogue import Catalogue
from conformance.tally.journal import Journaled, JournalFault, is_abandoned, read_journal, taken_over


@dataclass(frozen=True, slots=True)
class Recovered:
    """A killed run that was rendered: its folder, what its reports say, and what of its journal was lost."""

    folder: Path
    content: dict[str, Any]
    dropped: int

    def __str__(self) -> str:
        return f"{self.folder}: an interrupted run, rendered from its journal: {in_words(self.content, self.dropped)}"


def in_words(content: dict[str, Any], dropped: int) -> str:
    """How far a journaled run got."""
    lines = "a line that was written by half is" if dropped == 1 else f"{dropped} lines that can't be read are"
    number = content["counts"]["tests"]
    ended = "1 test" if number == 1 else f"{number} tests"
    return f"{ended} had ended{f'; {lines} left out' if dropped else ''}"


def content_of(journaled: Journaled, catalogue: Catalogue) -> dict[str, Any]:
    """What `results.json` says of a journaled run. Raises JournalFault when it judged by another catalogue."""
    _check_catalogue(journaled, catalogue)
    return results.build(journaled.run, catalogue)


def recover(folder: Path, catalogue: Catalogue) -> Recovered:
    """Write the reports of a killed run into its folder.

    Raises JournalFault when its journal can't be used, BlockingIOError when the run still goes on, and OSError when a
    report can't be written.
    """
    with taken_over(folder):
        journaled = read_journal(folder)
        _check_catalogue(journaled, catalogue)
        content, faults, page_is_written = write_run(journaled.run, catalogue, folder)
        faults += page_is_written()
        if faults:
            raise faults[0]
    return Recovered(folder, content, journaled.dropped)


def recover_all(reports: Path, catalogue: Catalogue) -> Iterator[Recovered]:
    """Render every killed run below a folder. What can't be rendered is left as it is: `report` says why."""
    for folder in sorted(reports.iterdir()) if reports.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and is_abandoned(folder):
            try:
                yield recover(folder, catalogue)
            except (JournalFault, OSError):
                continue


def _check_catalogue(journaled: Journaled, catalogue: Catalogue) -> None:
    header = journaled.run.header
    if header.catalogue_digest != catalogue.digest:
        raise JournalFault(
            f"the journal of {header.started} was written with another catalogue of requirements "
            f"(suite {header.version}): render it with that version"
        )
