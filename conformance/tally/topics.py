"""Why requirements matter and what usually breaks them: texts from `topics.toml` of the documents.

A topic covers what its `covers` names: requirement ids, sections with their subsections, documents. The most specific
one wins, so a section's topic is what its requirements inherit. Topics judge nothing: they stand outside the
catalogue's digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.base.documents import TOPICS, Document, documents, entries_of
from conformance.tally.catalogue import Requirement


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of requirements: why they matter, and what usually causes a finding."""

    name: str
    covers: tuple[str, ...]
    matters: str
    causes: str


def load_topics(sources: Iterable[Document] | None = None) -> tuple[Topic, ...]:
    """Every topic of all documents, or of some.

    One document tells a topic; what another adds to it names it and says what it covers there. Raises ValueError with
    file and entry when one lacks a key.
    """
    covered: dict[str, list[str]] = {}
    told: dict[str, tuple[str, str]] = {}
    for document in documents().values() if sources is None else sources:
        for entry in entries_of(document.folder / TOPICS, "topic"):
            try:
                covered.setdefault(entry["name"], []).extend(entry["covers"])
                if entry["name"] not in told:
                    told[entry["name"]] = (entry["matters"], entry["causes"])
            except KeyError as error:
                name = entry.get("name", "a topic without name")
                raise ValueError(f"{document.name}/{TOPICS}: {name}: lacks {error}") from error
    return tuple(Topic(name, tuple(places), *told[name]) for name, places in covered.items())


def topics_of(requirements: Iterable[Requirement], topics: Iterable[Topic]) -> dict[str, Topic]:
    """The topic of each requirement that can be broken, by its id; one that no topic covers is missing."""
    by_place = {place: topic for topic in topics for place in topic.covers}
    found = {r.id: _nearest(r, by_place) for r in requirements if r.can_be_broken}
    return {identifier: topic for identifier, topic in found.items() if topic is not None}


def _nearest(requirement: Requirement, by_place: Mapping[str, Topic]) -> Topic | None:
    return next((by_place[place] for place in places_of(requirement) if place in by_place), None)


def places_of(requirement: Requirement) -> Iterator[str]:
    """What can name a requirement, from itself over its section and those around it to its document."""
    yield requirement.id
    section = requirement.section
    while section:
        yield f"{requirement.document}-{section}"
        section = section.rpartition(".")[0]
    yield requirement.document
