"""The baseline: known deviations of a target. It opens the gate for them; verdicts and the conclusion stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from conformance.harness.toml_files import TomlFile, read_toml

# What became of an entry in a run. Those of CLOSING close the gate: the baseline has to be brought up to date.
State = Literal["known", "expired", "stale", "undecided"]
CLOSING: tuple[State, ...] = ("expired", "stale")
FINDINGS = ("failed", "warned")
KEPT = ("passed", "noted")

HEADER = """# Known deviations: each opens the gate for one requirement until the end of its day `expires`.
# The finding stays in every report, and the conclusion says what it said. `oauth2-conformance baseline update`
# keeps this file; comments of your own are lost then, `reason` is the place for words.
"""
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
    """The known deviations that a run is measured against, and the file that they stand in."""

    source: str
    entries: tuple[Deviation, ...]

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> Baseline:
        """The inverse of `dataclasses.asdict`, also after a way through JSON."""
        return cls(content["source"], tuple(Deviation(**entry) for entry in content["entries"]))


def read_baseline(path: Path, requirements: Collection[str]) -> Baseline:
    """Read a baseline whose every entry is filled in and names a requirement of the catalogue. Raises FileFault."""
    file = read_toml(path, "baseline")
    baseline = _baseline(file)
    for number, entry in enumerate(baseline.entries):
        if entry.id not in requirements:
            reason = f"there is no requirement {entry.id}: correct it, or have `baseline update` drop it"
            raise file.fault(("deviation", number, "id"), reason)
    return baseline


def read_unfinished(path: Path) -> Baseline:
    """Read a baseline in which placeholders may wait to be filled in. Raises FileFault."""
    return _baseline(read_toml(path, "baseline", allow_empty=True))


def _baseline(file: TomlFile) -> Baseline:
    entries = tuple(Deviation(**entry) for entry in file.document.get("deviation", []))
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id in seen:
            raise file.fault(("deviation", number, "id"), f"{entry.id} stands twice: keep one of them")
        seen.add(entry.id)
        if entry.expires and not _is_date(entry.expires):
            raise file.fault(("deviation", number, "expires"), f"is {entry.expires!r}, must be a date (YYYY-MM-DD)")
    return Baseline(file.source, entries)


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


def as_toml(entries: Iterable[Deviation], says: Mapping[str, str]) -> str:
    """The text of a baseline. `says` tells what each requirement demands, for readers."""
    return "\n".join([HEADER, *(entry_as_toml(entry, says.get(entry.id, "")) for entry in entries)])


def entry_as_toml(entry: Deviation, says: str = "") -> str:
    """One entry as TOML; what a person has to fill in stands empty, with the question beside it."""
    lines = ["[[deviation]]", *([f"# {' '.join(says.split())}"] if says else []), f"id = {_quoted(entry.id)}"]
    for key, question in PLACEHOLDERS.items():
        value = getattr(entry, key)
        lines.append(f"{key} = {_quoted(value)}" if value else f'{key} = ""  # {question}')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # JSON's strings are TOML's as well, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
