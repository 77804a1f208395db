"""The requirement catalogue: what it refuses to load, and which entries are read beside each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.base.documents import Document
from conformance.tally.catalogue import load_catalogue

ENTRY = """
[[requirement]]
id = "{name}"
clause = "1"
level = "MUST"
role = "authorization-server"
says = "It is so."
see_also = {see_also}
"""


def written(folder: Path, **see_also: list[str]) -> list[Document]:
    """One document of entries, by the last part of their ids."""
    entries = (ENTRY.format(name=f"own-1-{name}", see_also=others) for name, others in see_also.items())
    (folder / "requirements.toml").write_text("".join(entries), encoding="utf-8")
    return [Document("own", folder, "Our own")]


def test_entries_read_beside_each_other_name_each_other(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, one=["own-1-two", "own-1-three"], two=[], three=[], four=[]))
    assert catalogue.see_also == {
        "own-1-one": ("own-1-two", "own-1-three"),
        "own-1-two": ("own-1-one",),
        "own-1-three": ("own-1-one",),
    }


def test_an_unknown_id_in_see_also_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="see_also names no requirement: own-1-gone"):
        load_catalogue(written(tmp_path, one=["own-1-gone"]))


def test_of_two_documents_that_differ_one_explains() -> None:
    catalogue = load_catalogue()
    for name, others in catalogue.see_also.items():
        assert any(catalogue.by_id[each].explains for each in (name, *others)), name
