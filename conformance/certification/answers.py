"""What a vendor states: the implementation, and the answers to what no test decides from outside."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.base.toml_files import gaps_of_ids, parsed_toml, text_of
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
    file = parsed_toml(text, source, "answers", lambda document: gaps_of_ids(document, "answer", requirements))
    answers = {
        entry["id"]: Answer(entry["kept"] == "yes", entry["text"].strip())
        for entry in file.document.get("answer", [])
        if entry["kept"] and entry["text"].strip()
    }
    return Answers(file.document["implementation"], answers)


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
