"""The suite's own proof, as shipped: what the matrices of defects and variants last showed, and for which catalogue.

The matrices write it (`tox -e matrix`), a test holds it to the catalogue, the defects and the variants that are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("matrix.json")
EXACT = "exact"
SERVER = "authorization-server"

Record = Mapping[str, Any]


def read_record(path: Path = FILE) -> Record:
    """The record; one without results where none was shipped."""
    if not path.exists():
        return {"suite": "", "catalogue": "", "defects": [], "variants": []}
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return record


def vouches_for(record: Record, catalogue: str) -> bool:
    """Whether the record shows, for this catalogue, that every defect and every variant has exactly its effect."""
    results = [each["result"] for kind in ("defects", "variants") for each in record[kind]]
    return record["catalogue"] == catalogue and bool(results) and set(results) == {EXACT}


def in_words(record: Record, catalogue: str, role: str = SERVER) -> str:
    """What the record says of a catalogue, in one sentence. It is of tests of servers."""
    if role != SERVER:
        return (
            "This build of the suite ships no result of the defect matrix of its tests of clients: nothing here shows "
            "that they can fail."
        )
    if not record["defects"]:
        return (
            "This build of the suite ships no result of its defect matrix: nothing here shows that its tests can fail."
        )
    if record["catalogue"] != catalogue:
        return (
            "The result of the defect matrix that this build of the suite ships is for another catalogue of "
            f"requirements ({record['catalogue'][:16]}): it says nothing about this one."
        )
    numbers = {kind: Counter(each["result"] == EXACT for each in record[kind]) for kind in ("defects", "variants")}
    exact, others = numbers["defects"][True], numbers["defects"][False]
    kept, noisy = numbers["variants"][True], numbers["variants"][False]
    return (
        f"For this catalogue, {exact} of {exact + others} deliberate defects of the reference server that show in "
        f"directed tests were found exactly, and {kept} of {kept + noisy} conformant variants changed exactly what "
        "they name."
    )
