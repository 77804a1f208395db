"""The reference of profile keys is what the schema says, and leaves none out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.commands.profile_keys import reference
from conformance.harness.schemas import schema_folder

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
    schema = json.loads((schema_folder() / "target.schema.json").read_text(encoding="utf-8"))
    text = reference()
    assert [name for name, description in keys_of(schema) if name not in text or description not in text] == []
