"""TOML files that people write beside the profile: read, checked against a JSON Schema, faults told with their line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from jsonschema.exceptions import ValidationError, best_match

from conformance.harness import schemas


class FileFault(Exception):
    """A file can't be used: the message names file, line, key, reason and remedy."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file's content and where it came from; dates are ISO 8601 text."""

    source: str
    text: str
    document: dict[str, Any]

    def fault(self, path: Sequence[str | int], reason: str) -> FileFault:
        """A fault at a key of the file."""
        place = ".".join(map(str, path))
        return FileFault(f"{self.source}, line {line_of(self.text, path)}: {place}: {reason}")


def read_toml(path: Path, schema: str, *, allow_empty: bool = False) -> TomlFile:
    """Read a file and check it against `schemas/<schema>.schema.json`.

    `allow_empty` lets a text that a person still has to write be "". Raises FileFault.
    """
    return parsed_toml(text_of(path), str(path), schema, allow_empty=allow_empty)


def parsed_toml(text: str, source: str, schema: str, *, allow_empty: bool = False) -> TomlFile:
    """The same for a text; `source` names it in messages. Raises FileFault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFault(f"{source}: is not TOML: {error}") from error
    file = TomlFile(source, text, _with_plain_dates(document))
    fault = best_match(_faults(schema, file.document, allow_empty))
    if fault is not None:
        line = line_of(text, [*fault.absolute_path, *schemas.unknown_keys(fault)[:1]])
        raise FileFault(f"{source}, line {line}: {schemas.in_words(fault)}")
    return file


def text_of(path: Path) -> str:
    """The text of a file. Raises FileFault."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileFault(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileFault(f"{path}: is not UTF-8 text (byte {error.start})") from error


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) where a key stands, or the nearest table above it."""
    best, depth = 1, -1
    for number, here in _places(text):
        if here == list(path[: len(here)]) and len(here) > depth:
            best, depth = number, len(here)
    return best


def _places(text: str) -> Iterator[tuple[int, list[str | int]]]:
    """The tables and keys of a TOML text with their lines; an element of an array of tables has its index."""
    table: list[str | int] = []
    arrays: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
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


def _parts(name: str) -> list[str]:
    """The parts of a dotted key; dots within quotes separate nothing."""
    return [part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", name)]


def _faults(schema: str, document: dict[str, Any], allow_empty: bool) -> Iterator[ValidationError]:
    errors = schemas.validator(schema).iter_errors(document)
    return (error for error in errors if not (allow_empty and error.instance == ""))


def _with_plain_dates(value: Any) -> Any:
    """JSON Schema knows no dates: TOML's become the text that they are written as."""
    if isinstance(value, dict):
        return {key: _with_plain_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_plain_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
