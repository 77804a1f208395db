"""How what a defect or a variant was seen to turn is compared with what it declares, shown, and written."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.base.verdict_words import Verdict
from reference_server.collecting import modules_of

HEADER = """# What else turns when one of {module} is chosen, beside what its source says: requirements of
# other sections that repeat the sentence or need what was broken. Written by {command},
# read by a person before each commit.
"""
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# How a party's defects and variants are known: in which module's file each stands, and what is said of it beside that.
Files = Mapping[str, Mapping[str, Path]]


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


def files_of(party: str) -> Files:
    """The module of each defect and variant of a reference party (`reference_server`, ...), by kind and name."""
    found = {}
    for kind, attribute in (("defect", "DEFECTS"), ("variant", "VARIANTS")):
        package = importlib.import_module(f"{party}.{kind}s")
        found[kind] = modules_of(package.__name__, package.__path__, attribute)
    return found


def write(files: Files, command: str, found: Sequence[Seen]) -> None:
    """Add what was seen to the files beside the modules, and drop from them what no longer turns."""
    tables: dict[Path, dict[str, Any]] = {}
    for seen in found:
        file = files[seen.kind][seen.name].with_suffix(".toml")
        table = tables.setdefault(file, _read(file))
        _update(table.setdefault(seen.name, {}), seen)
    for file, table in tables.items():
        put(file, command, table)


def put(file: Path, command: str, table: Mapping[str, Mapping[str, object]]) -> None:
    """Write the file beside a module; where nothing is to say there is none."""
    filled = {name: entry for name, entry in table.items() if any(entry.values())}
    if filled:
        module = file.with_suffix(".py").name
        file.write_text(HEADER.format(module=module, command=command) + as_toml(filled), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _update(entry: dict[str, Any], seen: Seen) -> None:
    if seen.kind == "variant":
        entry.update(seen.more)
        for identifier in seen.fewer:
            entry.pop(identifier, None)
        return
    for key, word in (("breaks", "broken"), ("blocks", "blocked")):
        kept = [i for i in entry.get(key, []) if i not in seen.fewer and i not in seen.more]
        entry[key] = sorted({*kept, *(i for i, after in seen.more.items() if after == word)})


def as_toml(table: Mapping[str, Mapping[str, object]]) -> str:
    """The tables as a file has them."""
    lines: list[str] = []
    for name, entry in sorted(table.items()):
        lines.append(f"\n[{_key(name)}]")
        for key, value in sorted(entry.items()):
            lines += _entry(key, value) if value else []
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    """A name as a bare key where TOML allows it, in quotes otherwise."""
    return name if BARE_KEY.fullmatch(name) else json.dumps(name)


def _entry(key: str, value: object) -> list[str]:
    """A list on several lines, or a verdict on one."""
    if isinstance(value, list):
        return [f"{key} = [", *(f'    "{each}",' for each in value), "]"]
    return [f'"{key}" = "{value}"']
