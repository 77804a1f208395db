"""The rooms of the suite and what they import, as the figure of CONTRIBUTING.md.

    python -m tests.documentation.rooms [--write]

An arrow that others imply is left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
FIGURE = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)
PACKAGES = ("conformance", "reference_server")
CLIENT = "reference_client"
Arrows = Mapping[str, frozenset[str]]


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
    if "--write" in sys.argv:
        PAGE.write_text(FIGURE.sub(lambda _: figure(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(figure(), end="")
