"""What of a run can be certified: entries that certifications take, and those that only the vendor can answer for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.tally.claims import Claim

Entry = Mapping[str, Any]


def covered_entries(entries: Iterable[Entry], chosen: Sequence[Claim]) -> list[Entry]:
    """The entries that any of the certifications takes."""
    places = ((entry, [entry[name] for name in ("id", "document", "section", "role")]) for entry in entries)
    return [entry for entry, place in places if any(each.covers(*place) for each in chosen)]


def to_attest(entries: Iterable[Entry], features: Iterable[str], chosen: Sequence[Claim]) -> list[Entry]:
    """The entries that only the vendor can answer for: covered, undecidable from outside, their features claimed."""
    claimed = set(features)
    return [
        entry
        for entry in covered_entries(entries, chosen)
        if entry["verdict"] == "untestable" and entry["attest"] and claimed.issuperset(entry["needs"])
    ]
