"""Several runs side by side: which requirements stand better or worse in a later file than in the first.

The first file is the reference. A requirement is *worse* in a later file when that has a graver verdict of `kept`
(passed, noted), `undecided` (vacuous, inconclusive, error), `warned`, `failed`, in this order; and when it has a
finding that the first has not looked for (untested, not applicable). It is *better* the other way round. One that the
later file left untested, that stands in one of two catalogues only, or is claimed in one of two files, is neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from conformance.reporting.faults import faults_of
from conformance.reporting.summary import Content, Entry

Change = Literal["same", "better", "worse", "other"]

GRAVITY: Mapping[str, int] = {
    "passed": 0,
    "noted": 0,
    "vacuous": 1,
    "inconclusive": 1,
    "error": 1,
    "warned": 2,
    "failed": 3,
}
FINDING = 2
ABSENT = "not in its catalogue"


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement over all files: its entry in each, None where that file's catalogue lacks it."""

    entry: Entry
    cells: tuple[Entry | None, ...]
    changes: tuple[Change, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdict in each file."""
        return tuple(ABSENT if cell is None else cell["verdict"] for cell in self.cells)

    def has(self, change: Change) -> bool:
        """Whether some later file differs so from the first."""
        return change in self.changes


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs by label, the first being the reference, and a row for each requirement of any of their catalogues."""

    labels: tuple[str, ...]
    contents: tuple[Content, ...]
    rows: tuple[Row, ...]

    def changed(self, change: Change) -> list[Row]:
        """Rows in which some later file differs so from the first."""
        return [row for row in self.rows if row.has(change)]

    def numbers(self, place: int) -> Counter[tuple[str, str]]:
        """How many requirements of a level changed in which way, in the file at a place."""
        return Counter((row.entry["level"], row.changes[place]) for row in self.rows)

    def shared_faults(self) -> list[dict[str, str]]:
        """For each file, the fault of each requirement that it has in common with others, by its title."""
        return [_shared(content) for content in self.contents]


def _shared(content: Content) -> dict[str, str]:
    several = [fault for fault in faults_of(content) if len(fault.findings) > 1]
    return {finding.entry["id"]: fault.title for fault in reversed(several) for finding in fault.findings}


def compare(contents: Sequence[Content]) -> Comparison:
    """Lay runs side by side. The order of requirements is the first file's; those of later catalogues follow."""
    by_id = [{entry["id"]: entry for entry in content["requirements"]} for content in contents]
    names = dict.fromkeys(name for entries in by_id for name in entries)
    rows = [_row(tuple(entries.get(name) for entries in by_id)) for name in names]
    return Comparison(_labels(contents), tuple(contents), tuple(rows))


def _row(cells: tuple[Entry | None, ...]) -> Row:
    entry = next(cell for cell in cells if cell is not None)
    return Row(entry, cells, tuple(change_of(cells[0], cell) for cell in cells))


def change_of(first: Entry | None, later: Entry | None) -> Change:
    """How a requirement of the later file stands against the first."""
    if first is None or later is None:
        return "same" if first is later else "other"
    if first.get("claimed", True) != later.get("claimed", True):
        return "other"
    old, new = GRAVITY.get(first["verdict"]), GRAVITY.get(later["verdict"])
    if old is not None and new is not None and old != new:
        return "worse" if new > old else "better"
    if old is None and new is not None and new >= FINDING:
        return "worse"
    return "same" if first["verdict"] == later["verdict"] else "other"


def claim_changes(first: Content, later: Content) -> list[str]:
    """What a later file claims that the first doesn't, and the reverse; nothing where one of them is too old."""
    if "claims" not in first or "claims" not in later:
        return []
    before, after = ([claim["name"] for claim in content["claims"]] for content in (first, later))
    return [
        *(f"new claim: {name}" for name in after if name not in before),
        *(f"no longer claimed: {name}" for name in before if name not in after),
    ]


def _labels(contents: Sequence[Content]) -> tuple[str, ...]:
    """The targets' names; the time of the run beside it where two are the same, a number where that is too."""
    names = [content["target"]["name"] for content in contents]
    timed = [
        f"{name} ({content['started']})" if names.count(name) > 1 else name
        for name, content in zip(names, contents, strict=True)
    ]
    return tuple(f"{label} #{n}" if timed.count(label) > 1 else label for n, label in enumerate(timed, 1))
