"""What can be certified: which requirements a certification takes, and which features it demands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conformance.harness.catalogue import selects_place
from conformance.reporting.summary import OUTSIDE_THE_CONCLUSION, SERVER

FILE = Path(__file__).with_name("certifications.toml")
EVERYTHING = "*"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Certification:
    """One certification: `takes` names requirements as `--only` does, `demands` features that have to be claimed."""

    name: str
    title: str
    says: str
    takes: tuple[str, ...]
    demands: tuple[str, ...]

    def covers(self, entry: Entry) -> bool:
        """Whether an entry of `results.json` is judged."""
        if entry["role"] != SERVER or entry["document"] in OUTSIDE_THE_CONCLUSION:
            return False
        return any(
            selector == EVERYTHING or selects_place(selector, entry["id"], entry["document"], entry["section"])
            for selector in self.takes
        )


@cache
def certifications() -> Mapping[str, Certification]:
    """All certifications by name."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Certification(name, entry["title"], entry["says"], tuple(entry["takes"]), tuple(entry["demands"]))
        for name, entry in table.items()
    }


def covered(entries: Iterable[Entry], chosen: Sequence[Certification]) -> list[Entry]:
    """The entries that any of the certifications takes."""
    return [entry for entry in entries if any(each.covers(entry) for each in chosen)]


def to_attest(entries: Iterable[Entry], features: Iterable[str], chosen: Sequence[Certification]) -> list[Entry]:
    """The entries that only the vendor can answer for: covered, undecidable from outside, their features claimed."""
    claimed = set(features)
    return [
        entry
        for entry in covered(entries, chosen)
        if entry["verdict"] == "untestable" and entry["attest"] and claimed.issuperset(entry["needs"])
    ]
