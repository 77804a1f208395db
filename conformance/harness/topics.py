"""Why requirements matter and what usually breaks them: texts from `conformance/requirements/topics/*.toml`.

A topic covers what its `covers` names: requirement ids, sections with their subsections, documents. The most specific
one wins, so a section's topic is what its requirements inherit. Topics judge nothing: they stand outside the
catalogue's digest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.harness.catalogue import FOLDER, Requirement


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of requirements: why they matter, and what usually causes a finding."""

    name: str
    covers: tuple[str, ...]
    matters: str
    causes: str


@cache
def load_topics(folder: Path = FOLDER / "topics") -> tuple[Topic, ...]:
    """Every topic. Raises ValueError with file and entry when one lacks a key."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("topic", []):
            try:
                found.append(Topic(entry["name"], tuple(entry["covers"]), entry["matters"], entry["causes"]))
            except KeyError as error:
                raise ValueError(f"{path.name}: {entry.get('name', 'a topic without name')}: lacks {error}") from error
    return tuple(found)


def topics_of(requirements: Iterable[Requirement], topics: Iterable[Topic]) -> dict[str, Topic]:
    """The topic of each requirement that can be broken, by its id; one that no topic covers is missing."""
    by_place = {place: topic for topic in topics for place in topic.covers}
    found = {r.id: _nearest(r, by_place) for r in requirements if r.is_tested and r.level != "MAY"}
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
