"""The requirement catalogue: loads `conformance/documents/*/requirements.toml` into typed entries.

Level, section and role of a requirement live there alone; tests refer to it by id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from conformance.base.documents import REQUIREMENTS, Document, documents, entries_of
from conformance.base.suggesting import did_you_mean

Level = Literal["MUST", "SHOULD", "MAY", "STATED"]
Role = Literal["authorization-server", "client", "resource-server", "resource-owner", "author"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One obligation from a source document.

    `needs` are feature names; `untestable` says why no black-box test decides it, `attest` is what a vendor is asked.
    It names requirements of other documents on the same thing: `supersedes` those in whose place it demands more,
    `contrary` those that what keeps it need not keep, `see_also` the rest. `explains` says how they differ.
    """

    id: str
    document: str
    section: str
    level: Level
    role: Role
    says: str
    statements: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    untestable: str = ""
    attest: str = ""
    why_level: str = ""
    basis: str = ""
    explains: str = ""
    see_also: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    contrary: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """All requirements of other documents that it names."""
        return (*self.contrary, *self.supersedes, *self.see_also)

    @property
    def is_tested(self) -> bool:
        """Whether a test is owed: a requirement that can be decided at a server from outside."""
        return not self.untestable and self.role in ("authorization-server", "resource-server")

    @property
    def can_be_broken(self) -> bool:
        """Whether something can be found to break it, of a server or of a client; a MAY lets something exist."""
        return self.level != "MAY" and (self.is_tested or (self.role == "client" and not self.untestable))


@dataclass(frozen=True)
class Catalogue:
    """All requirements, in the order of their source documents."""

    requirements: tuple[Requirement, ...]

    @cached_property
    def by_id(self) -> dict[str, Requirement]:
        """Requirements by their id."""
        return {requirement.id: requirement for requirement in self.requirements}

    @cached_property
    def see_also(self) -> dict[str, tuple[str, ...]]:
        """By id, the requirements to read it beside: what an entry names, and, in return, what names it."""
        pairs = [(one.id, other) for one in self.requirements for other in one.others]
        return _grouped((*pairs, *((other, one) for one, other in pairs)))

    @cached_property
    def contrary(self) -> dict[str, tuple[str, ...]]:
        """By id, the requirements that can't all be kept with it: what an entry names, and what names it."""
        pairs = [(one.id, other) for one in self.requirements for other in one.contrary]
        return _grouped((*pairs, *((other, one) for one, other in pairs)))

    @cached_property
    def superseded_by(self) -> dict[str, tuple[str, ...]]:
        """By id, the requirements that demand more in its place."""
        return _grouped((other, one.id) for one in self.requirements for other in one.supersedes)

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """Document names in report order."""
        return tuple(dict.fromkeys(requirement.document for requirement in self.requirements))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the catalogue's content: two runs with the same digest judged the same requirements."""
        return hashlib.sha256(repr(self.requirements).encode()).hexdigest()

    def matching(self, selector: str) -> tuple[Requirement, ...]:
        """Requirements that a selector names: an id, a document, or document-section with its subsections."""
        return tuple(r for r in self.requirements if selects(selector, r))

    def selected(self, only: Sequence[str], exclude: Sequence[str] = ()) -> frozenset[str]:
        """The ids that selectors leave: those of `only`, or all without any, less those of `exclude`."""
        taken = self.requirements if not only else [r for each in only for r in self.matching(each)]
        dropped = {r.id for each in exclude for r in self.matching(each)}
        return frozenset(r.id for r in taken if r.id not in dropped)

    def why_unknown(self, selector: str) -> str:
        """What is wrong with a selector that selects nothing, and which one was meant."""
        return (
            f"no such requirement, section (rfc6749-4.1.2) or document ({', '.join(self.documents)})"
            f"{did_you_mean(selector, self.selectors())}"
        )

    def selectors(self) -> list[str]:
        """Every selector that there is: documents, sections, ids."""
        sections = (f"{each.document}-{each.section}" for each in self.requirements)
        return [*dict.fromkeys([*self.documents, *sections, *self.by_id])]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in pairs:
        if other not in found.get(one, ()):
            found[one] = (*found.get(one, ()), other)
    return found


def selects(selector: str, requirement: Requirement) -> bool:
    """Whether a selector names a requirement."""
    return selects_place(selector, requirement.id, requirement.document, requirement.section)


def selects_place(selector: str, identifier: str, document: str, section: str) -> bool:
    """Whether a selector, in any case, names a requirement by its id, its document, its section or one around it."""
    place, word = f"{document}-{section}".casefold(), selector.casefold()
    return word in (identifier.casefold(), document.casefold(), place) or place.startswith(f"{word}.")


def load_catalogue(sources: Iterable[Document] | None = None) -> Catalogue:
    """Read the requirements of all documents, or of some.

    Raises ValueError with file and entry when an entry lacks a key, an id stands twice, or a named one is no entry.
    """
    found: list[Requirement] = []
    for document in documents().values() if sources is None else sources:
        entries = entries_of(document.folder / REQUIREMENTS, "requirement")
        found += [_requirement(document, entry) for entry in entries]
    ids = [requirement.id for requirement in found]
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise ValueError(f"requirement ids that stand twice: {', '.join(twice)}")
    unknown = sorted({name for requirement in found for name in requirement.others} - set(ids))
    if unknown:
        raise ValueError(f"see_also, supersedes or contrary names no requirement: {', '.join(unknown)}")
    return Catalogue(tuple(found))


def _requirement(document: Document, entry: dict[str, Any]) -> Requirement:
    name = entry.get("id", "an entry without id")
    try:
        statements = tuple(entry.get("statements", ()))
        section = str(entry["clause"]) if "clause" in entry else statements[0].split("-")[1]
        return Requirement(
            id=entry["id"],
            document=document.name,
            section=section,
            level=cast(Level, entry["level"]),
            role=cast(Role, entry["role"]),
            says=entry["says"],
            statements=statements,
            needs=tuple(entry.get("needs", ())),
            untestable=entry.get("untestable", ""),
            attest=entry.get("attest", ""),
            why_level=entry.get("why_level", ""),
            basis=entry.get("basis", ""),
            explains=entry.get("explains", ""),
            see_also=tuple(entry.get("see_also", ())),
            supersedes=tuple(entry.get("supersedes", ())),
            contrary=tuple(entry.get("contrary", ())),
        )
    except (KeyError, IndexError) as error:
        raise ValueError(f"{document.name}/{REQUIREMENTS}: {name}: lacks {error}") from error
