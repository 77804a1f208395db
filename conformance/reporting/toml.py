"""A profile written as the TOML that it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def as_toml(table: Mapping[str, Any]) -> str:
    """A document of tables, strings, numbers, booleans and lists (of tables, too) as TOML text."""
    return "\n".join(_lines(table, ())).strip()


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """A table's own keys first, then the tables in it."""
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lines = [f"[{'.'.join(map(_key, path))}]"] if path and (plain or not inner) else []
    lines += [f"{_key(key)} = {toml_value(value)}" for key, value in plain.items()]
    lines += [""] if lines else []
    for key, value in inner.items():
        lines += _lines(value, (*path, key))
    return lines


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def toml_value(value: Any) -> str:
    """A string, number, boolean, list or inline table as TOML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    plain = value if isinstance(value, bool | int | float | str) or value is None else str(value)
    # JSON's strings, numbers and booleans are TOML's as well, but for DEL.
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007F")
