"""The baseline: known deviations of a target, and what was decided about it. Verdicts and the conclusion stay.

It opens the gate for its deviations, and closes it for what was decided once and is vacuous now: a target that ceased
to show a situation would otherwise pass where it failed before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from conformance.base.schemas import Gap
from conformance.base.toml_files import TomlFile, gap_at, gaps_of_ids, read_toml, tables_of
from conformance.base.toml_writing import toml_value

# What became of an entry in a run. Those of CLOSING close the gate: the baseline has to be brought up to date.
State = Literal["known", "expired", "stale", "undecided"]
CLOSING: tuple[State, ...] = ("expired", "stale")
FINDINGS = ("failed", "warned")
KEPT = ("passed", "noted")

HEADER = """# Known deviations: each opens the gate for one requirement until the end of its day `expires`.
# The finding stays in every report, and the conclusion says what it said. `oauth2-conformance baseline update`
# keeps this file, and comments of your own in it; `reason` is the place for what reports shall tell.
"""
DECIDED_LINES = (
    "# The MUST and STATED requirements that were decided: one of them that is vacuous in a later run closes the gate.",
    "[decided]",
    "requirements = [",
)
PLACEHOLDERS = {
    "reason": "why it is accepted for now",
    "owner": "who takes care of it",
    "expires": "YYYY-MM-DD, its last day",
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """A known deviation: `id` is the requirement's, `expires` the last day (YYYY-MM-DD, UTC) on which it holds."""

    id: str
    reason: str = ""
    owner: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known deviations that a run is measured against, and the file that they stand in.

    `decided` are the binding requirements that were decided when it was written.
    """

    source: str
    entries: tuple[Deviation, ...]
    decided: tuple[str, ...] = ()

    def knows_as_decided(self, identifier: str) -> bool:
        """Whether a requirement was decided when the baseline was written: a deviation was, of course."""
        return identifier in self.decided or any(entry.id == identifier for entry in self.entries)

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> Baseline:
        """The inverse of `dataclasses.asdict`; takes lists for tuples, as JSON gives them back."""
        entries = tuple(Deviation(**entry) for entry in content["entries"])
        return cls(content["source"], entries, tuple(content["decided"]))


def read_baseline(path: Path, requirements: Collection[str]) -> Baseline:
    """Read a baseline whose every entry is filled in and names a requirement of the catalogue. Raises FileFault."""
    remedy = ": correct it, or have `baseline update` drop it"

    def gaps(document: Mapping[str, Any]) -> Iterator[Gap]:
        yield from gaps_of_ids(document, "deviation", requirements, remedy)
        yield from _gaps_of_dates(document)

    return _baseline(read_toml(path, "baseline", gaps))


def read_unfinished(path: Path) -> Baseline:
    """Read a baseline in which placeholders may wait to be filled in. Raises FileFault."""
    return _baseline(read_toml(path, "baseline", _gaps_of_dates, allow_empty=True))


def _gaps_of_dates(document: Mapping[str, Any]) -> Iterator[Gap]:
    for number, entry in enumerate(tables_of(document, "deviation")):
        expires = entry.get("expires")
        if isinstance(expires, str) and expires and not _is_date(expires):
            yield gap_at(("deviation", number, "expires"), f"is {expires!r}, must be a date (YYYY-MM-DD)")


def _baseline(file: TomlFile) -> Baseline:
    entries = tuple(Deviation(**entry) for entry in file.document.get("deviation", []))
    return Baseline(file.source, entries, tuple(file.document.get("decided", {}).get("requirements", ())))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def state_of(deviation: Deviation, verdict: str | None, *, is_complete: bool, today: str) -> State:
    """What became of an entry in a run on the day `today`. `is_complete`: all tests of its requirement ran."""
    if deviation.expires < today:
        return "expired"
    if verdict in FINDINGS:
        return "known"
    return "stale" if verdict in KEPT and is_complete else "undecided"


def as_toml(entries: Iterable[Deviation], says: Mapping[str, str], decided: Sequence[str] = ()) -> str:
    """The text of a baseline. `says` tells what each requirement demands, for readers."""
    written = [HEADER, *(entry_as_toml(entry, says.get(entry.id, "")) for entry in entries)]
    if decided:
        written.append("\n".join([*DECIDED_LINES, *(f"    {toml_value(each)}," for each in decided), "]\n"]))
    return "\n".join(written)


def entry_as_toml(entry: Deviation, says: str = "") -> str:
    """One entry as TOML; what a person has to fill in stands empty, with the question beside it."""
    lines = ["[[deviation]]", *([f"# {' '.join(says.split())}"] if says else []), f"id = {toml_value(entry.id)}"]
    for key, question in PLACEHOLDERS.items():
        value = getattr(entry, key)
        lines.append(f"{key} = {toml_value(value)}" if value else f'{key} = ""  # {question}')
    return "\n".join(lines) + "\n"
