"""The conformance statement: what a bundle claims, as data and as a page that prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.certification import matrix
from conformance.certification.answers import Answers
from conformance.certification.matrix import Record
from conformance.certification.scope import covered_entries, to_attest
from conformance.reporting import summary
from conformance.reporting.provenance import release_in_words
from conformance.reporting.templating import rendered_page
from conformance.reporting.text import document_name
from conformance.tally.claims import Claim

Content = Mapping[str, Any]


def claim_of(content: Content, answers: Answers, record: Record, chosen: Sequence[Claim]) -> dict[str, Any]:
    """What a bundle claims, for its manifest: it follows from the bundle's files."""
    entries = covered_entries(content["requirements"], chosen)
    return {
        "certifications": [each.name for each in chosen],
        "implementation": dict(answers.implementation),
        "target": {"name": content["target"]["name"], "place": _place(content)},
        "suite": dict(content["suite"]),
        "started": content["started"],
        "finished": content["finished"],
        "levels": {level: dict(numbers) for level, numbers in summary.by_level(entries).items() if numbers},
        "vacuous": [entry["id"] for entry in summary.with_verdict(entries, "vacuous")],
        "attested": len(to_attest(entries, content["target"]["features"], chosen)),
        "matrix": matrix.in_words(record, content["suite"]["catalogue"], summary.role_of(content)),
    }


def _place(content: Content) -> str:
    """Where the target is: a client is wherever it is started."""
    return str(content["target"]["base_url"]) if summary.role_of(content) == summary.SERVER else "driven as a client"


def statement_as_html(content: Content, answers: Answers, record: Record, chosen: Sequence[Claim]) -> str:
    """The page of a conformance statement: self-contained, without scripts, made to be printed."""
    entries = covered_entries(content["requirements"], chosen)
    features = content["target"]["features"]
    attested = to_attest(entries, features, chosen)
    view = {
        "run": content,
        "implementation": answers.implementation,
        "certifications": chosen,
        "lines": [(document_name(name), _lines(entries, name)) for name in _documents(entries)],
        "warned": summary.with_verdict(entries, "warned"),
        "answers": [(entry, answers.by_requirement[entry["id"]]) for entry in attested],
        "vacuous": summary.by_reason(summary.with_verdict(entries, "vacuous")),
        "not_applicable": summary.by_reason(summary.with_verdict(entries, "not applicable")),
        "matrix": matrix.in_words(record, content["suite"]["catalogue"], summary.role_of(content)),
        "place": _place(content),
        "counted": summary.counted,
        "frozen": release_in_words(content["suite"]),
    }
    return rendered_page("statement.html.j2", (), view, style="statement.css")


def _documents(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(entry["document"] for entry in entries))


def _lines(entries: Sequence[Mapping[str, Any]], document: str) -> list[tuple[str, str]]:
    return summary.level_sentences(entry for entry in entries if entry["document"] == document)
