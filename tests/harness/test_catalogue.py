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
{relation} = {others}
"""


def written(folder: Path, relation: str = "see_also", **others: list[str]) -> list[Document]:
    """One document of entries, by the last part of their ids."""
    entries = (ENTRY.format(name=f"own-1-{name}", relation=relation, others=ids) for name, ids in others.items())
    (folder / "requirements.toml").write_text("".join(entries), encoding="utf-8")
    return [Document("own", folder, "Our own")]


def test_entries_read_beside_each_other_name_each_other(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, one=["own-1-two", "own-1-three"], two=[], three=[], four=[]))
    assert catalogue.see_also == {
        "own-1-one": ("own-1-two", "own-1-three"),
        "own-1-two": ("own-1-one",),
        "own-1-three": ("own-1-one",),
    }


def test_what_is_contrary_is_so_both_ways(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, "contrary", one=["own-1-two"], two=[]))
    assert catalogue.contrary == catalogue.see_also == {"own-1-one": ("own-1-two",), "own-1-two": ("own-1-one",)}
    assert catalogue.superseded_by == {}


def test_what_supersedes_is_not_superseded(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, "supersedes", one=["own-1-two"], two=[]))
    assert catalogue.superseded_by == {"own-1-two": ("own-1-one",)}
    assert catalogue.contrary == {}
    assert set(catalogue.see_also) == {"own-1-one", "own-1-two"}


@pytest.mark.parametrize("relation", ["see_also", "supersedes", "contrary"])
def test_an_unknown_id_in_a_relation_is_refused(relation: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names no requirement: own-1-gone"):
        load_catalogue(written(tmp_path, relation, one=["own-1-gone"]))


def test_no_server_that_serves_the_password_grant_keeps_rfc_9700() -> None:
    contrary = load_catalogue().contrary
    assert "rfc9700-2.4-password-grant-refused" in contrary["rfc6749-4.3.3-access-token-issued"]


def test_of_two_documents_that_differ_one_explains() -> None:
    catalogue = load_catalogue()
    for name, others in catalogue.see_also.items():
        assert any(catalogue.by_id[each].explains for each in (name, *others)), name
