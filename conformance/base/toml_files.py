"""TOML files that people write beside the profile: read, checked against a JSON Schema, faults told with their line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from conformance.base import schemas
from conformance.base.schemas import Gap
from conformance.base.suggesting import did_you_mean


class FileFault(Exception):
    """A file can't be used: the message names file, line, key, reason and remedy."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file's content and where it came from; dates are ISO 8601 text."""

    source: str
    document: dict[str, Any]


Check = Callable[[Mapping[str, Any]], Iterable[Gap]]


def read_toml(path: Path, schema: str, check: Check, *, allow_empty: bool = False) -> TomlFile:
    """Read a file and hold it against `schemas/<schema>.schema.json` and a check, which takes any content.

    `allow_empty` lets a text that a person still has to write be "". Raises FileFault, which names every gap.
    """
    return parsed_toml(text_of(path), str(path), schema, check, allow_empty=allow_empty)


def parsed_toml(text: str, source: str, schema: str, check: Check, *, allow_empty: bool = False) -> TomlFile:
    """The same for a text; `source` names it in messages. Raises FileFault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFault(f"{source}: is not TOML: {error}") from error
    file = TomlFile(source, _with_plain_dates(document))
    gaps = [*schemas.gaps(schema, file.document, allow_empty=allow_empty), *check(file.document)]
    if gaps:
        raise FileFault(in_lines(gaps, source, text))
    return file


def gap_at(path: Sequence[str | int], reason: str) -> Gap:
    """A gap at a key."""
    return path, f"{'.'.join(map(str, path))}: {reason}"


def in_lines(gaps: Iterable[Gap], source: str, text: str) -> str:
    """What is wrong with a text, each in a line that names its line there."""
    told = sorted({(line_of(text, path), words) for path, words in gaps})
    return "\n".join(f"{source}, line {line}: {words}" for line, words in told)


def tables_of(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """An array of tables of a document that may be anything: without those that are none, but in their places."""
    found = document.get(name)
    return [each if isinstance(each, dict) else {} for each in found] if isinstance(found, list) else []


def text_of(path: Path) -> str:
    """The text of a file; the mark that some editors put at its beginning is passed over. Raises FileFault."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileFault(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileFault(f"{path}: is not UTF-8 text (byte {error.start})") from error


def gaps_of_ids(
    document: Mapping[str, Any], name: str, requirements: Collection[str], remedy: str = ""
) -> Iterator[Gap]:
    """Tables that speak of no requirement, or of one that another table speaks of already."""
    seen: set[str] = set()
    for number, table in enumerate(tables_of(document, name)):
        identifier = str(table.get("id", ""))
        if identifier in seen:
            yield gap_at((name, number, "id"), f"{identifier} stands twice: keep one of them")
        elif identifier and identifier not in requirements:
            meant = did_you_mean(identifier, requirements)
            yield gap_at((name, number, "id"), f"there is no requirement {identifier}{meant or remedy}")
        seen |= {identifier} - {""}


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) where a key stands, or the nearest table above it."""
    best, depth = 1, -1
    for number, here in _places(text):
        if here == list(path[: len(here)]) and len(here) > depth:
            best, depth = number, len(here)
    return best


# Whoever tries a profile out asks for a line with each of a hundred controls.
@lru_cache(maxsize=16)
def _places(text: str) -> tuple[tuple[int, list[str | int]], ...]:
    """The tables and keys of a TOML text with their lines; an element of an array of tables has its index."""
    return tuple(_each_place(text))


def _each_place(text: str) -> Iterator[tuple[int, list[str | int]]]:
    table: list[str | int] = []
    arrays: dict[str, int] = {}
    for number, line in _statements(text):
        header = re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]+", line)
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if header:
            brackets, name = header.groups()
            table = [*_parts(name)]
            if brackets == "[[":
                arrays[name] = arrays.get(name, -1) + 1
                table.append(arrays[name])
            yield number, table
        elif key:
            yield number, [*table, *_parts(key.group(1))]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines on which a statement begins, with their numbers: values may go on over lines that look like others."""
    begun: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        begun.append(line)
        try:
            tomllib.loads("\n".join(begun))
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(begun) + 1, begun[0]
        begun = []


def _parts(name: str) -> list[str]:
    """The parts of a dotted key; dots within quotes separate nothing."""
    return [part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", name)]


def _with_plain_dates(value: Any) -> Any:
    """JSON Schema knows no dates: TOML's become the text that they are written as."""
    if isinstance(value, dict):
        return {key: _with_plain_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_plain_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
