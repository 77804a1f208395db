"""Which release froze a catalogue: what gives a conclusion its date. `conformance/tally/releases.toml` lists them."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("releases.toml")


@dataclass(frozen=True, slots=True)
class Release:
    """A version, the day on which it was made (UTC), and the SHA-256 of the catalogue that it froze."""

    version: str
    date: datetime.date
    catalogue: str


def load_releases(path: Path = FILE) -> tuple[Release, ...]:
    """Every release, the oldest first. Raises ValueError with the entry when one lacks a key."""
    found = []
    for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("release", []), 1):
        try:
            found.append(Release(entry["version"], entry["date"], entry["catalogue"]))
        except KeyError as error:
            raise ValueError(f"{path.name}: release {number}: lacks {error}") from error
    return tuple(found)


def release_of(catalogue: str, releases: Sequence[Release]) -> Release | None:
    """The release that froze a catalogue, by its digest: the first of several; None between releases."""
    return next((release for release in releases if release.catalogue == catalogue), None)
