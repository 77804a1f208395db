"""JSON Schemas shipped with the suite, and messages about them that a person understands.

jsonschema says what is wrong with a document. Its compiled sibling, jsonschema_rs, is asked first: it tells in no time
that nothing is, and jsonschema takes longer to import than most else that a run needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conformance.base.documents import documents
from conformance.base.suggesting import did_you_mean

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

# What is wrong with a document: the key at which it shows, and a sentence that names it.
Gap = tuple[Sequence[str | int], str]
# The schema of profiles.
PROFILE = "target"
PACKAGE = Path(__file__).resolve().parent.parent


def schema_folder() -> Path:
    """Where the schemas lie: inside the package when installed, beside it in a checkout."""
    installed = PACKAGE / "schemas"
    return installed if installed.is_dir() else PACKAGE.parent / "schemas"


def schema(name: str) -> dict[str, Any]:
    """`schemas/<name>.schema.json`; that of a profile with the keys that documents bring. Raises DocumentFault."""
    content: dict[str, Any] = json.loads((schema_folder() / f"{name}.schema.json").read_text(encoding="utf-8"))
    if name == PROFILE:
        for document in documents().values():
            for table, keys in document.keys.items():
                _table(content["properties"][table])["properties"] |= keys
    return content


def _table(described: dict[str, Any]) -> dict[str, Any]:
    """The schema of a table that has keys: of `clients`, whose keys are names, that of each client."""
    inner: dict[str, Any] = described if "properties" in described else described["additionalProperties"]
    return inner


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator for `schemas/<name>.schema.json`, loaded once."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(name))


@cache
def _compiled(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schema(name))


def is_valid(name: str, instance: Any) -> bool:
    """Whether an instance fits, to the compiled validator: what it can't read may still do so."""
    try:
        return _compiled(name).is_valid(instance)
    except (ValueError, TypeError, OverflowError):
        return False


def fault(name: str, instance: Any) -> ValidationError | None:
    """The most telling violation of the schema, or None when the instance is valid."""
    if is_valid(name, instance):
        return None
    from jsonschema.exceptions import best_match

    found: ValidationError | None = best_match(validator(name).iter_errors(instance))
    return found


def first_fault_of_large(name: str, text: str) -> str | None:
    """The first violation in a large document, given as JSON text: place and reason; None when it is valid.

    Thousands of exchanges would take jsonschema seconds.
    """
    error = next(_compiled(name).iter_errors(json.loads(text)), None)
    return None if error is None else f"{'.'.join(map(str, error.instance_path)) or 'the document'}: {error.message}"


def gaps(name: str, instance: Any, *, allow_empty: bool = False) -> Iterator[Gap]:
    """Every violation of the schema; `allow_empty` lets a text that a person still has to write be ""."""
    if is_valid(name, instance):
        return
    from jsonschema.exceptions import best_match

    for error in validator(name).iter_errors(instance):
        # Of several forms that a value can have, the one that it nearly has.
        telling: ValidationError = best_match([error])
        schema: Any = telling.schema
        is_told = telling.validator == "pattern" and "minLength" in schema
        if telling.instance == "" and (allow_empty or is_told):
            continue
        place = ".".join(str(part) for part in telling.absolute_path) or "the document"
        unknown = unknown_keys(telling)
        for key in unknown:
            yield [*telling.absolute_path, key], f"{place}: {_unknown(telling, key)}"
        if not unknown:
            yield [*telling.absolute_path], in_words(telling)


def in_words(error: ValidationError) -> str:
    """A violation as one sentence: the member and what is wrong with it."""
    place = ".".join(str(part) for part in error.absolute_path) or "the document"
    return f"{place}: {_reason(error)}"


def unknown_keys(error: ValidationError) -> list[str]:
    """The keys that a closed object has too many, when that is what is wrong."""
    if error.validator != "additionalProperties":
        return []
    instance: Any = error.instance
    schema: Any = error.schema
    return [name for name in instance if name not in schema.get("properties", {})]


def _reason(error: ValidationError) -> str:
    instance: Any = error.instance
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in instance]
            return f"lacks {', '.join(missing)}"
        case "additionalProperties":
            return ", ".join(_unknown(error, name) for name in unknown_keys(error))
        case "type":
            return (
                f"is {_json_type(error.instance)}, must be {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
            )
        case "enum":
            return (
                f"is {instance!r}, must be one of {', '.join(map(repr, wanted))}{did_you_mean(str(instance), wanted)}"
            )
        case "minLength":
            return "is empty: fill it in"
        case "pattern":
            return f"is {error.instance!r}, must match {error.validator_value}"
        case _:
            return error.message


def _unknown(error: ValidationError, name: str) -> str:
    schema: Any = error.schema
    known = sorted(schema.get("properties", {}))
    remedy = did_you_mean(name, known) or "; known are " + ", ".join(known)
    return f"has no key {name!r}{remedy}"


def _json_type(value: Any) -> str:
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")
