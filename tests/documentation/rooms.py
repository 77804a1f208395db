"""The rooms of the suite and what they import, as the figure of CONTRIBUTING.md.

    python -m tests.documentation.rooms [--write | --check]

An arrow that others imply is left out. `--check`, which `tox -e lint` runs, says what is wrong with figure, table and
rooms, and ends with 1 where something is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
FIGURE = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)
PACKAGES = ("conformance", "reference_server")
CLIENT = "reference_client"
Arrows = Mapping[str, frozenset[str]]
CODE = ("conformance", "reference_server", "reference_client", "tests", "docs")
LONGEST_FILE = 400
# The share of the suite's lines that a room may have; documents are many, and each is a room of its own.
LARGEST_SHARE = 0.2
FULLEST_ROOM = "documents"


def figure() -> str:
    """The figure, as Mermaid in a fenced block."""
    arrows = reduced(imports())
    lines = [f"    {room} --> {below}" for room, others in sorted(arrows.items()) for below in sorted(others)]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def imports() -> Arrows:
    """Which room imports which: folders of the suite, its single modules, and the reference server as a whole."""
    graph = grimp.build_graph(*PACKAGES)
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        others = {room_of(each) for each in graph.find_modules_directly_imported_by(module)}
        found.setdefault(room_of(module), set()).update(others)
    return {room: frozenset(others - {room, ""}) for room, others in found.items() if room}


def circles() -> list[list[str]]:
    """Modules that import one another, in whatever way, each circle once."""
    graph = grimp.build_graph(*PACKAGES, CLIENT)
    below = {module: graph.find_upstream_modules(module) for module in graph.modules}
    found = {tuple(sorted(each for each in below[module] if module in below[each])) for module in below}
    return [list(circle) for circle in sorted(found) if circle]


def faults() -> Iterator[str]:
    """What is wrong with the page, and with the house, in words."""
    page = PAGE.read_text(encoding="utf-8")
    if figure() not in page:
        yield "the figure of CONTRIBUTING.md is not what the imports are: python -m tests.documentation.rooms --write"
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    yield from (f"no row of the table names {room}" for room in sorted(imports()) if not _is_named(room, rows))
    yield from (f"these import each other: {', '.join(circle)}" for circle in circles())
    yield from (f"{path}: {lines} lines, more than {LONGEST_FILE}" for path, lines in long_files())
    yield from (f"{room} has {share:.0%} of the suite's lines" for room, share in large_rooms())


def _is_named(room: str, rows: str) -> bool:
    return re.search(rf"`{room}(/|\.py)?`", rows) is not None


def long_files() -> Iterator[tuple[str, int]]:
    """Files of code with more lines than a reader takes in, and how many they have."""
    for path, lines in _lines(*CODE):
        if lines > LONGEST_FILE:
            yield str(path.relative_to(ROOT)), lines


def large_rooms() -> Iterator[tuple[str, float]]:
    """Rooms with too large a share of the suite's lines."""
    sizes: Counter[str] = Counter()
    for path, lines in _lines(PACKAGES[0]):
        sizes[path.relative_to(ROOT / PACKAGES[0]).parts[0]] += lines
    for room, lines in sizes.items():
        if room != FULLEST_ROOM and lines > LARGEST_SHARE * sizes.total():
            yield room, lines / sizes.total()


def _lines(*folders: str) -> Iterator[tuple[Path, int]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, path.read_text(encoding="utf-8").count("\n")


def room_of(module: str) -> str:
    """The room of a module; empty for the package itself, which holds a version number."""
    package, *parts = module.split(".")
    return package if package != PACKAGES[0] else (parts[0] if parts else "")


def reduced(arrows: Arrows) -> Arrows:
    """The arrows without those that lead where two or more others lead as well."""
    return {
        room: frozenset(each for each in others if not any(each in reachable(arrows, other) for other in others))
        for room, others in arrows.items()
    }


def reachable(arrows: Arrows, room: str) -> set[str]:
    """The rooms below a room."""
    below = set(arrows.get(room, frozenset()))
    return below.union(*(reachable(arrows, each) for each in below))


if __name__ == "__main__":
    if "--check" in sys.argv:
        found = list(faults())
        print(*found, sep="\n", end="\n" if found else "")
        raise SystemExit(bool(found))
    if "--write" in sys.argv:
        PAGE.write_text(FIGURE.sub(lambda _: figure(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(figure(), end="")
