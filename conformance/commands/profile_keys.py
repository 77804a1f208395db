"""`profile-keys`: every key of a profile, as Markdown, from the profile's own JSON Schema."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conformance.base import exit_codes
from conformance.base.toml_writing import toml_value

if TYPE_CHECKING:
    from conformance.commands import Commands

Schema = Mapping[str, Any]

HEAD = """\
# The profile, key by key

A profile is a TOML file that describes one deployment under test. `oauth2-conformance init URL` writes one,
`oauth2-conformance doctor PROFILE.toml` proves it. Secrets are `env:NAME`, the name of an environment variable; a
literal secret is taken for targets on this machine only. What isn't claimed isn't judged; what a probe lacks is
reported with the line to add.

This page is generated from `schemas/target.schema.json` and what the documents add to it:
`oauth2-conformance profile-keys > docs/profile.md`.
"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    keys = commands.add_parser("profile-keys", help="every key of a profile, as Markdown")
    keys.set_defaults(command=list_keys)


def list_keys(options: argparse.Namespace) -> int:
    """Print the reference."""
    print(reference(), end="")
    return exit_codes.OK


def reference() -> str:
    """The reference of all keys as Markdown."""
    from conformance.base.schemas import PROFILE, schema

    content = schema(PROFILE)
    required = content.get("required", ())
    above = {name: key for name, key in content["properties"].items() if key.get("type") != "object"}
    rows = [_row(name, key, name in required) for name, key in above.items()]
    top = ["## Above all tables\n", "| key | value | what it says |", "|---|---|---|", *rows, ""]
    tables = (
        _table(name, table, name in required) for name, table in content["properties"].items() if name not in above
    )
    return "\n".join([HEAD, *top, *("\n".join(lines) for lines in tables)])


def _table(name: str, schema: Schema, required: bool) -> Iterator[str]:
    """A table with its keys, then the tables in it; `name` stands in brackets unless it has its own."""
    header = name if name.startswith("[") else f"[{name}]"
    yield f"## `{header}`{' (required)' if required else ''}\n"
    yield f"{schema['description']}\n"
    keys = {key: inner for key, inner in schema.get("properties", {}).items() if not _is_table(inner)}
    if keys:
        yield "| key | value | what it says |"
        yield "|---|---|---|"
        yield from (_row(key, inner, key in schema.get("required", ())) for key, inner in keys.items())
        yield ""
    for key, inner in schema.get("properties", {}).items():
        if _is_table(inner):
            own = f"{name}.{key}"
            yield from _table(own, inner, False) if inner["type"] == "object" else _elements(own, inner)
    anything = schema.get("additionalProperties")
    if isinstance(anything, Mapping) and "properties" in anything:
        yield from _table(f"{name}.NAME", anything, False)


def _elements(name: str, schema: Schema) -> Iterator[str]:
    yield from _table(f"[[{name}]]", {**schema["items"], "description": schema["description"]}, False)


def _is_table(schema: Schema) -> bool:
    """Whether a key has keys of its own."""
    return "properties" in schema or "properties" in schema.get("items", {})


def _row(key: str, schema: Schema, required: bool) -> str:
    default = f"; default `{toml_value(schema['default'])}`" if "default" in schema else ""
    kind = f"{'**required**, ' if required else ''}{kind_in_words(schema)}{default}"
    cells = (f"`{key}`", kind, schema["description"])
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def kind_in_words(schema: Schema) -> str:
    """The type of a value, in words."""
    if "enum" in schema:
        return " or ".join(f"`{toml_value(value)}`" for value in schema["enum"])
    if "oneOf" in schema:
        return ", or ".join(kind_in_words(each) for each in schema["oneOf"])
    match schema.get("type"):
        case "array":
            return f"list of {kind_in_words(schema['items'])}" if "items" in schema else "list"
        case "object":
            values = schema.get("additionalProperties")
            return f"table of {kind_in_words(values)}" if isinstance(values, Mapping) else "table"
        case kind:
            return str(kind)
