"""What a vendor states: the implementation, and the answers to what no test decides from outside."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.harness.toml_files import TomlFile, parsed_toml, text_of
from conformance.reporting.text import clause_name

TEMPLATE = """# A statement for `oauth2-conformance certify`. Fill in what stands empty.
# No test decides these requirements from outside: a certification rests on your word for them.

[implementation]
name = ""
version = ""
vendor = ""
contact = ""
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A vendor's word about one requirement: whether it is kept, and how or why not."""

    kept: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A statement: the implementation's facts by name, and answers by requirement; what stands empty is missing."""

    implementation: Mapping[str, str]
    by_requirement: Mapping[str, Answer]


def read_answers(path: Path, requirements: Collection[str]) -> tuple[Answers, str]:
    """Read a statement; returns it with the file's text. Raises FileFault."""
    text = text_of(path)
    return parsed_answers(text, str(path), requirements), text


def parsed_answers(text: str, source: str, requirements: Collection[str]) -> Answers:
    """The statement of a text; `source` names it in messages. Raises FileFault."""
    file = parsed_toml(text, source, "answers")
    answers: dict[str, Answer] = {}
    seen: set[str] = set()
    for number, entry in enumerate(file.document.get("answer", [])):
        identifier = entry["id"]
        _check(file, number, identifier, identifier in seen, requirements)
        seen.add(identifier)
        if entry["kept"] and entry["text"].strip():
            answers[identifier] = Answer(entry["kept"] == "yes", entry["text"].strip())
    return Answers(file.document["implementation"], answers)


def _check(file: TomlFile, number: int, identifier: str, is_double: bool, requirements: Collection[str]) -> None:
    place = ("answer", number, "id")
    if is_double:
        raise file.fault(place, f"{identifier} stands twice: keep one of them")
    if identifier not in requirements:
        raise file.fault(place, f"there is no requirement {identifier}")


def template(entries: Iterable[Mapping[str, Any]]) -> str:
    """A statement to fill in, with the question of each requirement."""
    return "\n".join([TEMPLATE, *map(_question, entries)])


def _question(entry: Mapping[str, Any]) -> str:
    return (
        f"# {entry['level']}, {clause_name(entry['document'], entry['section'])}: {_line(entry['says'])}\n"
        f"# {_line(entry['attest'])}\n"
        f"[[answer]]\n"
        f"id = {json.dumps(entry['id'])}\n"
        f'kept = ""  # yes or no\n'
        f'text = ""\n'
    )


def _line(text: str) -> str:
    return " ".join(text.split())
