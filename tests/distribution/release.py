"""Freezes the catalogue of a release, and says what keeps a version from being released.

    python -m tests.distribution.release [--freeze] [--tag TAG]

`--freeze` adds the digest of the catalogue to `conformance/tally/releases.toml`, dated as in the changelog. Without it
the version, the changelog, the digest and the record of the matrices are held against each other, and against the tag.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance import __version__
from conformance.certification import matrix
from conformance.certification.matrix import Record
from conformance.tally.catalogue import load_catalogue
from conformance.tally.releases import FILE, Release, load_releases

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = re.compile(r"^## (\S+) \((.+)\)$", re.MULTILINE)
UNRELEASED = "unreleased"


@dataclass(frozen=True, slots=True)
class State:
    """What has to fit: the version, the changelog's text, the releases so far, the catalogue's digest, the proof."""

    version: str
    changelog: str
    releases: Sequence[Release]
    catalogue: str
    record: Record
    record_of_clients: Record


def current() -> State:
    """The state of this checkout."""
    records = (matrix.record_for(role) for role in (matrix.SERVER, matrix.CLIENT))
    changelog = CHANGELOG.read_text(encoding="utf-8")
    return State(__version__, changelog, load_releases(), load_catalogue().digest, *records)


def headings(changelog: str) -> list[tuple[str, datetime.date | None]]:
    """Version and day of each section, the newest first; None for the unreleased one. Raises ValueError for no day."""
    found = HEADING.findall(changelog)
    return [(version, None if day == UNRELEASED else datetime.date.fromisoformat(day)) for version, day in found]


def contradictions(state: State) -> Iterator[str]:
    """What never may be, released or not."""
    sections = headings(state.changelog)
    if not sections or sections[0][0] != state.version:
        yield f"the changelog's first section isn't that of version {state.version}"
    dated = {version: day for version, day in sections if day is not None}
    for release in state.releases:
        if dated.get(release.version) != release.date:
            yield f"release {release.version} was made on {release.date}, and the changelog doesn't say so"
        if release.version == state.version and release.catalogue != state.catalogue:
            yield f"release {release.version} froze another catalogue: a changed one needs a new version"
    for version in sorted(set(dated) - {release.version for release in state.releases}):
        yield f"the changelog dates version {version}, whose catalogue isn't frozen: --freeze"


def obstacles(state: State, tag: str = "") -> Iterator[str]:
    """What keeps the version from being released."""
    yield from contradictions(state)
    if state.version not in {release.version for release in state.releases}:
        yield f"the catalogue of version {state.version} isn't frozen: --freeze"
    for role, record in ((matrix.SERVER, state.record), (matrix.CLIENT, state.record_of_clients)):
        if not matrix.vouches_for(record, state.catalogue):
            yield f"no proof: {matrix.in_words(record, state.catalogue, role)}"
    if tag and tag != f"v{state.version}":
        yield f"the tag {tag} isn't v{state.version}"


def frozen(state: State) -> Release:
    """The entry of the version. Raises ValueError where there is one, or where the changelog gives no day."""
    if state.version in {release.version for release in state.releases}:
        raise ValueError(
            f"version {state.version} is frozen already, for good: a changed catalogue needs a new version"
        )
    day = dict(headings(state.changelog)).get(state.version)
    if day is None:
        raise ValueError(f"the changelog gives no day: write `## {state.version} (YYYY-MM-DD)`")
    return Release(state.version, day, state.catalogue)


def as_toml(release: Release) -> str:
    """An entry of the file."""
    return (
        f'\n[[release]]\nversion   = "{release.version}"\ndate      = {release.date.isoformat()}\n'
        f'catalogue = "{release.catalogue}"\n'
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Freeze, or check; exit code 1 where the version can't be released."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--freeze", action="store_true", help="add the digest of the catalogue to the releases")
    parser.add_argument("--tag", default="", help="the tag that is to be released")
    options = parser.parse_args(arguments)
    if options.freeze:
        try:
            entry = as_toml(frozen(current()))
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        with FILE.open("a", encoding="utf-8") as file:
            file.write(entry)
    reasons = list(obstacles(current(), options.tag))
    print("\n".join(reasons) or f"version {__version__} can be released")
    return 1 if reasons else 0


if __name__ == "__main__":
    raise SystemExit(main())
