"""Writes TOML: texts of data, and files of users, in which what they wrote themselves stays."""

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


def rewritten(kept: str, new: str) -> str:
    """What a new text says, in the text as its owner keeps it: comments, order and blank lines stay where they are.

    Tables of an array are the same where they have one `id`; new ones come last. Raises ValueError where either text is
    no TOML.
    """
    # A tenth of a second that only commands which write over a file take.
    import tomlkit

    document = tomlkit.parse(kept)
    left: list[str] = []
    _take_over(document, tomlkit.parse(new), left)
    text = tomlkit.dumps(document)
    # What stood before the first table of an array, behind one that is gone.
    return re.sub(r"^\[\[", lambda found: "".join(left) + found[0], text, count=1, flags=re.M)


def _take_over(old: Any, new: Any, left: list[str]) -> None:
    """Make a table say what another one says."""
    from tomlkit.items import AoT, Array, Table

    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        known = old.get(key)
        if isinstance(known, Table) and isinstance(value, Table):
            _take_over(known, value, left)
        elif isinstance(known, AoT) and isinstance(value, AoT) and all("id" in each for each in (*known, *value)):
            _take_over_tables(known, value, left)
        elif isinstance(known, Array) and isinstance(value, Array) and "\n" in known.as_string():
            _take_over_lines(known, value)
        elif known is None or known.unwrap() != value.unwrap():
            old[key] = value


def _take_over_tables(old: Any, new: Any, left: list[str]) -> None:
    wanted = {each["id"]: each for each in new}
    before: Any = None
    for table in list(old):
        if table["id"] in wanted:
            _take_over(table, wanted.pop(table["id"]), left)
            before = table
            continue
        for comment in _comments_at_the_end(table):
            if before is None:
                left.append(comment.as_string())
            else:
                before.add(comment)
        old.remove(table)
    # What stands behind the last one speaks of the table that follows the array.
    behind = _comments_at_the_end(before) if before is not None and wanted else []
    for comment in behind:
        before.value.body.remove((None, comment))
    for table in wanted.values():
        for comment in _comments_at_the_end(table) if behind else []:
            table.value.body.remove((None, comment))
        old.append(table)
    for comment in behind:
        old[-1].add(comment)


def _comments_at_the_end(table: Any) -> list[Any]:
    """What stands behind the last value of a table: it speaks of what comes next."""
    from tomlkit.items import Comment

    found: list[Any] = []
    for key, item in reversed(table.value.body):
        if key is not None:
            break
        if isinstance(item, Comment):
            found.insert(0, item)
    return found


def _take_over_lines(old: Any, new: Any) -> None:
    """The same for a list on several lines."""
    for value in [each for each in old if each not in new]:
        old.remove(value)
    for value in [each for each in new if each not in old]:
        old.add_line(value)
