"""The page of what binds clients: which requirements tests decide, and why the others are decided by none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.reporting.text import document_name
from conformance.tally.catalogue import Requirement
from docs.generator import markdown
from docs.generator.facts import Facts
from docs.generator.rendering import render

PLACE = "requirements/clients.md"
# Grants that no server is played for, by the feature that a requirement needs.
NOT_PLAYED: Mapping[str, str] = {
    "implicit": "No server is played with the implicit grant, which RFC 9700 section 2.1.2 advises clients against.",
    "extension_grant": "No extension grant is played: each has a document and a server of its own.",
}


def pages(facts: Facts) -> Iterator[tuple[str, str]]:
    """The page: where it stands below the site's root, and its Markdown. Raises ValueError for one without a reason."""
    bound = [each for each in facts.catalogue.requirements if each.role == "client"]
    decided = [each for each in bound if each.id in facts.tests]
    others = [each for each in bound if each.id not in facts.tests]
    yield (
        PLACE,
        render(
            "clients.md",
            bound=len(bound),
            decided=len(decided),
            others=len(others),
            numbers=_numbers(bound, facts),
            decided_table=markdown.table(
                ("document", "level", "requirement", "cases"),
                [(*_cells(each), str(_cases(each, facts))) for each in decided],
            ),
            others_table=markdown.table(
                ("document", "level", "requirement", "why no test decides it"),
                [(*_cells(each), markdown.text(_why_not(each))) for each in others],
            ),
        ),
    )


def _numbers(bound: list[Requirement], facts: Facts) -> str:
    rows = []
    for document in dict.fromkeys(each.document for each in bound):
        group = [each for each in bound if each.document == document]
        decided = sum(each.id in facts.tests for each in group)
        rows.append((document_name(document), str(len(group)), str(decided), str(len(group) - decided)))
    return markdown.table(("document", "requirements on clients", "decided by tests", "others"), rows)


def _cells(requirement: Requirement) -> tuple[str, str, str]:
    says = f"[{markdown.text(requirement.says)}]({requirement.document}/{requirement.id}.md)"
    return document_name(requirement.document), requirement.level, says


def _cases(requirement: Requirement, facts: Facts) -> int:
    return sum(len(test.cases) or 1 for test in facts.tests[requirement.id])


def _why_not(requirement: Requirement) -> str:
    if requirement.untestable:
        return requirement.untestable
    reason = next((NOT_PLAYED[each] for each in requirement.needs if each in NOT_PLAYED), "")
    if not reason:
        raise ValueError(f"{requirement.id} has neither a test nor a reason why there is none")
    return reason
