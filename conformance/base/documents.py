"""The source documents that there are: a folder each, with `document.toml`, `requirements.toml`, topics and tests.

Those of the suite lie in `conformance/documents`. A vendor's own is named by `--documents FOLDER` (or the environment
variable OAUTH2_CONFORMANCE_DOCUMENTS, folders as in PATH), or by an entry point of the group
`oauth2_conformance.documents` that leads to its package. Such a folder is one document, or holds several.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "documents"
VARIABLE = "OAUTH2_CONFORMANCE_DOCUMENTS"
ENTRY_POINTS = "oauth2_conformance.documents"
ABOUT = "document.toml"
REQUIREMENTS = "requirements.toml"
TOPICS = "topics.toml"
LAST = 1_000


class DocumentFault(ValueError):
    """A document can't be used: the message names its file and what is wrong there."""


@dataclass(frozen=True)
class Document:
    """One source of requirements.

    `name` is what its requirements begin with, `order` where it stands in every report, `link` the address of its
    text, `sections` the headings of its sections. `keys` are the keys of a profile that it brings, with their JSON
    Schema, by table (`features`, `target`, ...; those of `clients` stand in the table of each client).
    """

    name: str
    folder: Path
    title: str
    order: int = LAST
    link: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def tests(self) -> list[Path]:
        """The files with its tests of servers."""
        return self.tests_of(clients=False)

    def tests_of(self, *, clients: bool) -> list[Path]:
        """The files with its tests, of servers or of clients."""
        folder = self.folder / "clients" if clients else self.folder
        return sorted(folder.glob("test_*.py"))


def documents() -> Mapping[str, Document]:
    """All documents by name, in the order of every report. Raises DocumentFault."""
    return _read(os.environ.get(VARIABLE, ""))


def name_more(folders: Iterable[Path]) -> None:
    """Name folders with documents beside the suite's own, for this process and those that it starts."""
    known = list(filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)))
    places = [str(folder.resolve()) for folder in folders]
    if places:
        os.environ[VARIABLE] = os.pathsep.join(dict.fromkeys([*known, *places]))


def keys_brought_to(table: str) -> frozenset[str]:
    """The keys that documents add to a table of profiles; to each of its tables where it holds some (`clients`)."""
    return frozenset(key for document in documents().values() for key in document.keys.get(table, ()))


def is_in_document(file: Path) -> bool:
    """Whether a file lies in the folder of a document."""
    return any(document.folder in file.parents for document in documents().values())


def entries_of(file: Path, kind: str) -> Sequence[dict[str, Any]]:
    """The entries of one kind in a document's file, to be read only; none where there is no such file."""
    return _table(file, file.stat().st_mtime_ns).get(kind, []) if file.is_file() else []


@lru_cache(maxsize=64)
def _table(file: Path, changed: int) -> dict[str, Any]:
    """A file as it was when it changed last: a process parses it once."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _read(named: str) -> Mapping[str, Document]:
    found = [_document(folder) for folder in _folders(named)]
    names = [document.name for document in found]
    for document in found:
        if names.count(document.name) > 1:
            raise DocumentFault(f"{document.folder / ABOUT}: there is another document {document.name!r}")
    return {document.name: document for document in sorted(found, key=lambda each: (each.order, each.name))}


def _folders(named: str) -> Iterator[Path]:
    yield from _documents_in(FOLDER)
    for place in filter(None, named.split(os.pathsep)):
        found = list(_documents_in(Path(place).resolve()))
        if not found:
            raise DocumentFault(
                f"{place}: is no document: neither it nor a folder in it has {ABOUT} and {REQUIREMENTS}"
            )
        yield from found
    for point in entry_points(group=ENTRY_POINTS):
        spec = find_spec(point.module)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield from _documents_in(Path(place).resolve())


def _documents_in(place: Path) -> Iterable[Path]:
    """A folder that is a document, else those in it that are."""
    if (place / ABOUT).is_file():
        return [place]
    return sorted(path.parent for path in place.glob(f"*/{ABOUT}"))


def _document(folder: Path) -> Document:
    file = folder / ABOUT
    try:
        about = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DocumentFault(f"{file}: can't be read: {error}") from error
    unknown = sorted(set(about) - {"title", "order", "link", "sections", "keys"})
    if unknown or not isinstance(about.get("title"), str):
        wrong = f"unknown key {unknown[0]!r}" if unknown else "lacks `title`"
        raise DocumentFault(f"{file}: {wrong}: it has title, order, link, [sections] and [keys.TABLE.NAME]")
    if not (folder / REQUIREMENTS).is_file():
        raise DocumentFault(f"{folder}: lacks {REQUIREMENTS}")
    return Document(folder.name, folder, **about)
