"""How what a defect or a variant was seen to turn is compared with what it declares, shown, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.base.verdict_words import Verdict

HEADER = """# What else turns when a defect or a variant is chosen, beside what its source says: requirements of
# other sections that repeat the sentence or need what was broken. Written by tests/{matrix}/reconcile.py,
# read by a person before each commit.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """How one defect or variant was seen to differ from what it declares: what turned besides, and what didn't.

    `red` are the cases that a defect turned red, declared or not.
    """

    kind: str
    name: str
    more: Mapping[str, str]
    fewer: tuple[str, ...]
    why: str
    red: tuple[str, ...] = ()


def turn(after: Verdict, undecided: Sequence[Verdict]) -> str:
    """What a defect did to a requirement, by the verdict that it has now."""
    if after in ("failed", "warned"):
        return "broken"
    return "blocked" if after in undecided else after


def unexpected(seen: Mapping[str, str], declared: Mapping[str, str]) -> set[str]:
    """The requirements that turned otherwise than it is declared."""
    return {name for name in {*seen, *declared} if seen.get(name) != declared.get(name)}


def compared(kind: str, name: str, seen: Mapping[str, str], declared: Mapping[str, str], why: str) -> Seen:
    """What was seen beside what is declared."""
    more = {i: word for i, word in sorted(seen.items()) if declared.get(i) != word}
    return Seen(kind, name, more, tuple(sorted(set(declared) - set(seen))), why)


def show(seen: Seen) -> None:
    """Print one difference with its reasons."""
    print(f"{seen.kind} {seen.name}")
    for identifier, word in seen.more.items():
        print(f"  + {identifier}: {word}")
    for identifier in seen.fewer:
        print(f"  - {identifier}")
    print(seen.why, flush=True)


def write(file: Path, matrix: str, table: dict[str, Any], found: Sequence[Seen]) -> None:
    """Add what was seen to the table of a file, drop from it what no longer turns, and write it."""
    for seen in found:
        entry = table.setdefault(seen.kind, {}).setdefault(seen.name, {})
        if seen.kind == "variant":
            entry.update(seen.more)
            for identifier in seen.fewer:
                entry.pop(identifier, None)
            continue
        for key, word in (("breaks", "broken"), ("blocks", "blocked")):
            kept = [i for i in entry.get(key, []) if i not in seen.fewer and i not in seen.more]
            entry[key] = sorted({*kept, *(i for i, after in seen.more.items() if after == word)})
    file.write_text(HEADER.format(matrix=matrix) + as_toml(table), encoding="utf-8")


def as_toml(table: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    """The tables as the file has them."""
    lines: list[str] = []
    for kind in ("defect", "variant"):
        for name, entry in sorted(table.get(kind, {}).items()):
            filled = {key: value for key, value in entry.items() if value}
            lines += [f"\n[{kind}.{name}]"] if filled else []
            for key, value in sorted(filled.items()):
                lines += _entry(key, value)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: object) -> list[str]:
    """A list on several lines, or a verdict on one."""
    if isinstance(value, list):
        return [f"{key} = [", *(f'    "{each}",' for each in value), "]"]
    return [f'"{key}" = "{value}"']
