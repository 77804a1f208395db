"""The run as one self-contained HTML file: no network, and nothing that a target sent can run in it.

Everything is escaped by the template engine, scripts are allowed by their digest alone (Content-Security-Policy), and
the browser puts the packed evidence into the page as text nodes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.reporting import summary
from conformance.reporting.curl import curl_line
from conformance.reporting.summary import Content, Entry
from conformance.reporting.text import (
    body_lines,
    clause_link,
    clause_name,
    code_and_prose,
    document_name,
    section_title,
    visible,
)
from conformance.reporting.toml import as_toml

TEMPLATES = Path(__file__).with_name("templates")
# Characters of evidence that are also written into the page itself, for readers without JavaScript: findings first.
# The bound keeps the report of a target that fails everything in one mailable file.
READABLE_WITHOUT_SCRIPT = 1_000_000
OPEN_FINDINGS = 5

LEGEND: tuple[tuple[str, str], ...] = (
    ("failed", "A MUST or STATED requirement is broken."),
    ("error", "The suite itself failed at it; says nothing about the target."),
    ("inconclusive", "Claimed, but a precondition could not be arranged; says which."),
    ("warned", "A SHOULD is not followed."),
    ("passed", "Decided, and kept."),
    ("noted", "A MAY: what the server was seen to do, without judgment."),
    ("untested", "Left out of this run; says how to turn it on."),
    ("not applicable", "The profile doesn't claim the feature or declines it, or the requirement binds someone else."),
    ("untestable", "Can't be decided from outside; the vendor may attest it."),
)
LEVEL_LEGEND: tuple[tuple[str, str], ...] = (
    ("MUST", "The document's own keyword (MUST, MUST NOT, REQUIRED, SHALL)."),
    ("STATED", "Binding text without a keyword. A breach counts like that of a MUST."),
    ("SHOULD", "SHOULD, SHOULD NOT, RECOMMENDED. A breach is a warning."),
    ("MAY", "An option. It is noted, never judged."),
)


def report_as_html(content: Content) -> str:
    """The report of a run."""
    return _environment().get_template("report.html.j2").render(_view(content))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters.update(
        body=body_lines,
        clause_link=clause_link,
        clause_name=clause_name,
        explanation=summary.explanation,
        pieces=code_and_prose,
        toml=as_toml,
    )
    return environment


def _finalized(value: Any) -> Any:
    """Every text of the page, before it is escaped: what a reader couldn't see shows as an escape."""
    return visible(value) if type(value) is str else value


@dataclass
class Evidence:
    """The exchanges of a run, each kept once, and where they are found: in the page, or packed beside it."""

    variables: frozenset[str]
    base_url: str
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    room: int = READABLE_WITHOUT_SCRIPT

    @classmethod
    def of(cls, content: Content) -> Evidence:
        """Take in a run's exchanges. What several tests share (a cached observation) is one exchange here."""
        evidence = cls(summary.shell_variables(content), content["target"]["base_url"])
        known: dict[str, int] = {}
        for exchange in content["exchanges"]:
            key = json.dumps(exchange)
            if key not in known:
                known[key] = len(evidence.exchanges)
                evidence.exchanges.append({**exchange, "curl": curl_line(exchange, evidence.variables)})
            evidence.places.append(known[key])
        return evidence

    def of_test(self, test: Mapping[str, Any]) -> list[int]:
        """Where a test's exchanges stand among the distinct ones."""
        return [self.places[index] for index in test["exchanges"]]

    def readable(self, test: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A test's exchanges for the page itself; empty when there is no more room for them."""
        found = [self.exchanges[place] for place in self.of_test(test)]
        size = sum(_size(exchange) for exchange in found)
        if size > self.room:
            return []
        self.room -= size
        return found

    def short_url(self, url: str) -> str:
        """A URL without the target's base."""
        return url.removeprefix(self.base_url.rstrip("/")) or "/"

    def packed(self) -> str:
        """The distinct exchanges as JSON, compressed, in base64."""
        text = json.dumps(self.exchanges, separators=(",", ":")).encode("ascii")
        return base64.b64encode(gzip.compress(text, compresslevel=6, mtime=0)).decode("ascii")


def _size(exchange: Mapping[str, Any]) -> int:
    """About how many characters an exchange takes in the page: markup, wire log, curl line."""
    sides = [exchange["request"], exchange.get("response") or {"headers": (), "body": ""}]
    headers = sum(len(name) + len(value) + 24 for side in sides for name, value in side["headers"])
    return 500 + headers + sum(len(side["body"]) for side in sides) + 2 * len(exchange["curl"])


def _view(content: Content) -> dict[str, Any]:
    """What the template shows."""
    entries: Sequence[Entry] = content["requirements"]
    evidence = Evidence.of(content)
    known = [*summary.findings(content), *summary.with_verdict(entries, "error", "inconclusive")]
    style, script = _part("report.css"), _part("report.js")
    return {
        "run": content,
        "sentence": summary.conclusion_sentence(content),
        "levels": summary.by_level(summary.concluded(content)),
        "duration": summary.duration(content),
        "legend": LEGEND,
        "level_legend": LEVEL_LEGEND,
        "words": summary.words_in_use(entries),
        "documents": _documents(entries),
        "findings": summary.findings(content),
        "open_findings": len(summary.findings(content)) <= OPEN_FINDINGS,
        "errors": summary.with_verdict(entries, "error"),
        "inconclusive": summary.by_reason(summary.with_verdict(entries, "inconclusive")),
        "untested": summary.by_reason(_own(entries, "untested")),
        "not_applicable": summary.by_reason(_own(entries, "not applicable")),
        "untestable": _own(entries, "untestable"),
        "others": _others(entries),
        "resource_servers": summary.of_resource_servers(content),
        "outside": [(n, summary.in_one_line(e)) for n, e in summary.outside_the_conclusion(content)],
        "findings_in_words": summary.findings_in_words(summary.findings(content)),
        "readable": {(e["id"], t["name"]): evidence.readable(t) for e in known for t in summary.deciding_tests(e)},
        "excused": _excused(content),
        "beside": summary.beside(content),
        "evidence": evidence,
        "packed": Markup(evidence.packed()),
        "deciding_tests": summary.deciding_tests,
        "counted": summary.counted,
        "style": Markup(style),
        "script": Markup(script),
        "style_digest": _digest(style),
        "script_digest": _digest(script),
    }


def _own(entries: Sequence[Entry], word: str) -> list[Entry]:
    """Entries with a verdict that bind a server: those on clients and authors are no gap of a run."""
    return [e for e in entries if e["verdict"] == word and e["role"] in (summary.SERVER, summary.RESOURCE_SERVER)]


def _others(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """How many requirements bind someone who isn't tested, by role."""
    roles = Counter(e["role"] for e in entries if e["role"] not in (summary.SERVER, summary.RESOURCE_SERVER))
    return [(role.replace("-", " "), number) for role, number in roles.most_common()]


def _documents(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The matrix: documents, their sections in the source's order, the entries of each."""
    documents: dict[str, dict[str, list[Entry]]] = {}
    for entry in entries:
        documents.setdefault(entry["document"], {}).setdefault(entry["section"], []).append(entry)
    return [
        {
            "key": document,
            "name": document_name(document),
            "lines": summary.level_sentences(e for g in sections.values() for e in g if e["role"] == summary.SERVER),
            "sections": [
                {
                    "number": section,
                    "title": section_title(document, section),
                    "link": clause_link(document, section),
                    "entries": group,
                }
                for section, group in sections.items()
            ],
        }
        for document, sections in documents.items()
    ]


def _excused(content: Content) -> dict[str, Mapping[str, Any]]:
    """Known deviations of the run's baseline, by requirement."""
    baseline = content.get("baseline") or {}
    return {entry["id"]: entry for entry in baseline.get("entries", [])}


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
