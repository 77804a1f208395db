"""The suite's own proof, as shipped: what the matrices of defects and variants last showed, and for which catalogue.

The matrices write it (`tox -e matrix`), one file for servers and one for clients. A test holds each to the
catalogue, the defects and the variants that are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("matrix.json")
EXACT = "exact"
SERVER, CLIENT = "authorization-server", "client"
FILES = {SERVER: FILE, CLIENT: Path(__file__).with_name("matrix_of_clients.json")}

Record = Mapping[str, Any]


def read_record(path: Path = FILE) -> Record:
    """The record; one without results where none was shipped."""
    if not path.exists():
        return {"suite": "", "catalogue": "", "defects": [], "variants": []}
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return record


def record_for(role: str) -> Record:
    """The record that is shipped of the tests of parties in a role."""
    return read_record(FILES.get(role, FILE))


def vouches_for(record: Record, catalogue: str) -> bool:
    """Whether the record shows, for this catalogue, that every defect and every variant has exactly its effect."""
    results = [each["result"] for kind in ("defects", "variants") for each in record[kind]]
    return record["catalogue"] == catalogue and bool(results) and set(results) == {EXACT}


def in_words(record: Record, catalogue: str, role: str = SERVER) -> str:
    """What the record says of a catalogue, in one sentence, as the proof of tests of a role."""
    if not record["defects"] or record.get("role", SERVER) != role:
        of_clients = "" if role == SERVER else " of clients"
        return (
            f"This build of the suite ships no result of its defect matrix{of_clients}: nothing here shows that its "
            f"tests{of_clients} can fail."
        )
    if record["catalogue"] != catalogue:
        return (
            "The result of the defect matrix that this build of the suite ships is for another catalogue of "
            f"requirements ({record['catalogue'][:16]}): it says nothing about this one."
        )
    numbers = {kind: Counter(each["result"] == EXACT for each in record[kind]) for kind in ("defects", "variants")}
    exact, others = numbers["defects"][True], numbers["defects"][False]
    kept, noisy = numbers["variants"][True], numbers["variants"][False]
    party = "server that show in directed tests" if role == SERVER else "client"
    return (
        f"For this catalogue, {exact} of {exact + others} deliberate defects of the reference {party} were found "
        f"exactly, and {kept} of {kept + noisy} conformant variants changed exactly what they name."
    )
