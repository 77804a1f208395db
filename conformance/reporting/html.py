"""The run as one self-contained HTML file: no network, and nothing that a target sent can run in it.

Everything is escaped by the template engine, scripts are allowed by their digest alone (Content-Security-Policy), and
the browser puts the packed evidence into the page as text nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from conformance.reporting import faults, summary
from conformance.reporting.gate import gate_sentence
from conformance.reporting.page_evidence import Evidence, timeline
from conformance.reporting.provenance import provenance, release_in_words
from conformance.reporting.summary import Content, Entry
from conformance.reporting.templating import rendered_page
from conformance.reporting.text import clause_link, document_name, section_title

OPEN_FINDINGS = 5
OPEN_MARKS = ("judged", "shows it")

LEGEND: tuple[tuple[str, str], ...] = (
    ("failed", "A MUST or STATED requirement is broken."),
    ("error", "The suite itself failed at it; says nothing about the target."),
    ("inconclusive", "Claimed, but a precondition could not be arranged; says which."),
    ("warned", "A SHOULD is not followed."),
    ("passed", "Decided, and kept."),
    ("noted", "A MAY: what the server was seen to do, without judgment."),
    ("untested", "Left out of this run; says how to turn it on."),
    ("vacuous", "The stimulus was sent, and the situation of the sentence did not arise; nothing was judged."),
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
    evidence = Evidence.of(content)
    # Most of packing is compression, which lets the page be rendered meanwhile.
    with ThreadPoolExecutor(1) as beside:
        packing = beside.submit(evidence.packed)
        view = {**_view(content, evidence), "packed": lambda: Markup(packing.result())}
        return rendered_page("report.html.j2", ("evidence.js", "report.js"), view)


def _view(content: Content, evidence: Evidence) -> dict[str, Any]:
    """What the template shows."""
    entries: Sequence[Entry] = content["requirements"]
    found = faults.faults_of(content)
    known = [*summary.findings(content), *summary.with_verdict(entries, "error", "inconclusive")]
    readable = {(e["id"], t["name"]): evidence.readable(t) for e in known for t in summary.deciding_tests(e)}
    return {
        "run": content,
        "sentence": summary.conclusion_sentence(content),
        "claims": summary.claims_in_words(content),
        "outlook": summary.outlook_in_words(content),
        "outlook_findings": summary.outlook_findings(content),
        "levels": summary.by_level(summary.concluded_entries(content)),
        "duration": summary.duration(content),
        "legend": LEGEND,
        "level_legend": LEVEL_LEGEND,
        "words": summary.words_in_use(entries),
        "bound": summary.bound_in_words(content),
        "documents": _documents(entries, summary.role_of(content)),
        "faults": found,
        "open_findings": len(found) <= OPEN_FINDINGS,
        "errors": summary.with_verdict(entries, "error"),
        "inconclusive": summary.by_reason(summary.with_verdict(entries, "inconclusive")),
        "vacuous": summary.by_reason(_own(content, "vacuous")),
        "untested": summary.by_reason(_own(content, "untested")),
        "not_applicable": summary.by_reason(_own(content, "not applicable")),
        "untestable": _own(content, "untestable"),
        "others": _others(content),
        "resource_servers": summary.of_resource_servers(content),
        "outside": [(n, summary.in_one_line(e)) for n, e in summary.outside_the_conclusion(content)],
        "headline": faults.headline(content),
        "beside": summary.entries_beside(content),
        "excused": summary.deviations_of_findings(content),
        "deviation_in_words": summary.deviation_in_words,
        "stated": summary.STATED,
        "page": _Page(evidence, readable),
        "deciding_tests": summary.deciding_tests,
        "counted": summary.counted,
        "facts": provenance(content),
        "gate": gate_sentence(content).removeprefix("gate ").replace("`", ""),
        "frozen": release_in_words(content["suite"]),
        "topics": content.get("topics", {}),
        "features": sorted({name for entry in entries for name in entry["needs"]}),
    }


@dataclass
class _Page:
    """What the macros ask for: evidence, which of it stands in the page itself, what a finding makes of it."""

    evidence: Evidence
    readable: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
    anchors: Counter[str] = field(default_factory=Counter)

    timeline = staticmethod(timeline)
    mark_of = staticmethod(summary.mark_of)
    difference = staticmethod(faults.difference)

    def excerpt(self, test: Mapping[str, Any]) -> str:
        """What of the answer shows a finding."""
        return faults.excerpt(test, self.evidence.exchanges)

    def is_open(self, test: Mapping[str, Any], exchange: Mapping[str, Any], mark: str) -> bool:
        """Whether an exchange is shown unasked: what a finding rests on, else what was no precondition."""
        return mark in OPEN_MARKS if "judged" in test else exchange["phase"] != "given"

    def anchor(self, name: str) -> str:
        """An id for an element: the name itself at its first use, another one afterwards."""
        self.anchors[name] += 1
        return name if self.anchors[name] == 1 else f"{name}-{self.anchors[name]}"


def _own(content: Content, word: str) -> list[Entry]:
    """Entries with a verdict that bind someone who is tested."""
    return [entry for entry in summary.of_tested(content) if entry["verdict"] == word]


def _others(content: Content) -> list[tuple[str, int]]:
    """How many requirements bind someone who isn't tested, by role."""
    tested = summary.ROLES_TESTED[summary.role_of(content)]
    roles = Counter(e["role"] for e in content["requirements"] if e["role"] not in tested)
    return [(role.replace("-", " "), number) for role, number in roles.most_common()]


def _documents(entries: Sequence[Entry], role: str) -> list[dict[str, Any]]:
    """The matrix: documents, their sections in the source's order, the entries of each."""
    documents: dict[str, dict[str, list[Entry]]] = {}
    for entry in entries:
        documents.setdefault(entry["document"], {}).setdefault(entry["section"], []).append(entry)
    return [
        {
            "key": document,
            "name": document_name(document),
            "lines": summary.level_sentences(e for g in sections.values() for e in g if e["role"] == role),
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
