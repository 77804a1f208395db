"""The reference of profile keys is what the schema says, and leaves none out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.base.schemas import schema as profile_schema
from conformance.commands.profile_keys import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "profile.md"


def keys_of(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key below a schema, with its description."""
    for name, inner in schema.get("properties", {}).items():
        yield name, inner["description"]
        yield from keys_of(inner)
    for inner in (schema.get("additionalProperties"), schema.get("items")):
        if isinstance(inner, Mapping):
            yield from keys_of(inner)


def test_the_committed_page_is_what_the_schema_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: oauth2-conformance profile-keys > docs/profile.md"


def test_every_key_is_described() -> None:
    schema = profile_schema("target")
    text = reference()
    assert [name for name, description in keys_of(schema) if name not in text or description not in text] == []
