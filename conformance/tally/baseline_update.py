"""A baseline brought up to date with the results of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.tally.baseline import FINDINGS, KEPT, Baseline, Deviation
from conformance.tally.verdicts import BINDING


@dataclass
class Update:
    """A baseline brought up to date: its entries, which of them are new, and the others that it left behind.

    `decided` are the binding requirements that this run or an earlier one decided, `vanished` those left behind.
    """

    entries: list[Deviation] = field(default_factory=list)
    new: list[Deviation] = field(default_factory=list)
    dropped: list[tuple[Deviation, str]] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


def brought_up_to_date(known: Baseline, content: Mapping[str, Any], fail_on: str) -> Update:
    """The baseline that fits a run's results: in the catalogue's order, entries of what is kept or gone left out."""
    entries = {entry["id"]: entry for entry in content["requirements"]}
    of_before = {entry.id: entry for entry in known.entries}
    found = ("failed", "warned") if fail_on == "should" else ("failed",)
    updated = Update()
    for identifier, entry in entries.items():
        if identifier in of_before and not (_is_kept(entry) or _is_vacuous(entry)):
            updated.entries.append(of_before[identifier])
        elif identifier not in of_before and entry["verdict"] in found:
            updated.entries.append(Deviation(identifier))
            updated.new.append(Deviation(identifier))
    for identifier, deviation in of_before.items():
        if identifier not in entries:
            updated.dropped.append((deviation, "the catalogue has no such requirement"))
        elif _is_kept(entries[identifier]):
            updated.dropped.append((deviation, "the target keeps it now"))
        elif _is_vacuous(entries[identifier]):
            updated.dropped.append((deviation, f"vacuous now: {entries[identifier]['reason']}"))
    binding = {identifier: entry for identifier, entry in entries.items() if entry["level"] in BINDING}
    updated.decided = [name for name, entry in binding.items() if _stays_decided(known, entry)]
    updated.vanished = [name for name in known.decided if name in binding and name not in updated.decided]
    return updated


def _stays_decided(known: Baseline, entry: Mapping[str, Any]) -> bool:
    """Whether a requirement was decided in this run, or before it and not seen as vacuous since."""
    return entry["verdict"] in (*FINDINGS, *KEPT) or (entry["id"] in known.decided and not _is_vacuous(entry))


def _is_vacuous(entry: Mapping[str, Any]) -> bool:
    return entry["verdict"] == "vacuous" and not entry["left_out"]


def _is_kept(entry: Mapping[str, Any]) -> bool:
    return entry["verdict"] in KEPT and not entry["left_out"]
