"""The run as one self-contained HTML file: no network, and nothing that a target sent can run in it.

Everything is escaped by the template engine, scripts are allowed by their digest alone (Content-Security-Policy), and
the browser puts the packed evidence into the page as text nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from conformance.reporting import summary
from conformance.reporting.evidence import Evidence, timeline
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content, Entry
from conformance.reporting.templating import rendered_page
from conformance.reporting.text import clause_link, document_name, section_title

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
    return rendered_page("report.html.j2", ("evidence.js", "report.js"), _view(content))


def _view(content: Content) -> dict[str, Any]:
    """What the template shows."""
    entries: Sequence[Entry] = content["requirements"]
    evidence = Evidence.of(content)
    known = [*summary.findings(content), *summary.with_verdict(entries, "error", "inconclusive")]
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
        "beside": summary.beside(content),
        "excused": summary.deviations_of_findings(content),
        "deviation_in_words": summary.deviation_in_words,
        "evidence": evidence,
        "packed": Markup(evidence.packed()),
        "deciding_tests": summary.deciding_tests,
        "counted": summary.counted,
        "timeline": timeline,
        "facts": provenance(content),
        "topics": content.get("topics", {}),
        "features": sorted({name for entry in entries for name in entry["needs"]}),
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
                    "tally": _tally(group),
                }
                for section, group in sections.items()
            ],
        }
        for document, sections in documents.items()
    ]


def _tally(entries: Sequence[Entry]) -> str:
    """How many requirements of a section have which verdict, in words."""
    numbers = Counter(entry["verdict"] for entry in entries)
    return ", ".join(f"{numbers[word]} {word}" for word in summary.words_in_use(entries))
