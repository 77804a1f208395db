"""The pages of requirements: one each, one for each document with its sections, one for the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from conformance.reporting.text import clause_link, clause_name, document_name, section_title
from conformance.tally.catalogue import Level, Requirement, Role
from docs.generator import markdown
from docs.generator.facts import AnyDefect, Facts
from docs.generator.rendering import render
from reference_server.defects import Defect

LEVELS: Mapping[Level, str] = {
    "MUST": "a breach is *failed*.",
    "STATED": "binding text without a keyword; a breach is *failed*.",
    "SHOULD": "a breach is *warned*.",
    "MAY": "*noted*, never judged.",
}
ROLES: Mapping[Role, str] = {
    "authorization-server": "the authorization server",
    "client": "the client",
    "resource-server": "the resource server",
    "resource-owner": "the resource owner",
    "author": "authors of specifications and registrations",
}
FOLDER = "requirements"


@dataclass(frozen=True, slots=True)
class Section:
    """The requirements of one clause: its heading, and a table in Markdown."""

    heading: str
    anchor: str
    table: str


def pages(facts: Facts) -> Iterator[tuple[str, str]]:
    """Every page: where it stands below the site's root, and its Markdown."""
    yield f"{FOLDER}/index.md", _catalogue(facts)
    for document, group in _by_document(facts.catalogue.requirements):
        yield f"{FOLDER}/{document}/index.md", _document(document, group, facts)
        for requirement in group:
            yield place_of(requirement), _requirement(requirement, facts)


def place_of(requirement: Requirement) -> str:
    """Where a requirement's page stands below the site's root."""
    return f"{FOLDER}/{requirement.document}/{requirement.id}.md"


def _by_document(requirements: Iterable[Requirement]) -> list[tuple[str, list[Requirement]]]:
    return [(document, list(group)) for document, group in groupby(requirements, lambda each: each.document)]


def _catalogue(facts: Facts) -> str:
    rows = []
    for document, group in _by_document(facts.catalogue.requirements):
        tested = sum(_is_tested(each, facts) for each in group)
        untestable = sum(bool(each.untestable) for each in group)
        numbers = (len(group), tested, untestable, len(group) - tested - untestable)
        name = markdown.link(document_name(document), f"{document}/index.md")
        rows.append((name, *(str(number) for number in numbers)))
    header = ("document", "requirements", "tested", "untestable", "others")
    return render("requirements.md", table=markdown.table(header, rows), digest=facts.catalogue.digest)


def _document(document: str, group: Sequence[Requirement], facts: Facts) -> str:
    tested = sum(_is_tested(each, facts) for each in group)
    functions = sum(len(facts.tests.get(each.id, ())) for each in group)
    return render(
        "document.md",
        title=document_name(document),
        summary=f"{markdown.counted(len(group), 'requirement')}, {tested} of them tested, "
        f"by {markdown.counted(functions, 'test function')}.",
        sections=[
            Section(_heading(document, section), anchor(section), _listing(list(inner), facts))
            for section, inner in groupby(group, lambda each: each.section)
        ],
    )


def _heading(document: str, section: str) -> str:
    return f"{section} {section_title(document, section)}".strip()


def _listing(requirements: Iterable[Requirement], facts: Facts) -> str:
    rows = [(each.level, f"[{markdown.text(each.says)}]({each.id}.md)", _state(each, facts)) for each in requirements]
    return markdown.table(("level", "requirement", "tested"), rows)


def _is_tested(requirement: Requirement, facts: Facts) -> bool:
    """Whether tests decide a requirement: each on a server owes one, of those on clients some have one."""
    return requirement.is_tested or (requirement.role == "client" and requirement.id in facts.tests)


def _state(requirement: Requirement, facts: Facts) -> str:
    if requirement.untestable:
        return "untestable"
    if not _is_tested(requirement, facts):
        return f"binds {ROLES[requirement.role]}"
    return markdown.counted(sum(len(test.cases) or 1 for test in facts.tests.get(requirement.id, ())), "case")


def _relations(requirement: Requirement, facts: Facts) -> Iterator[str]:
    """What other documents rule on the same thing, each kind of relation as words with links."""
    catalogue, name = facts.catalogue, requirement.id
    told = {
        "Contrary to": catalogue.contrary.get(name, ()),
        "Supersedes": requirement.supersedes,
        "Superseded by": catalogue.superseded_by.get(name, ()),
    }
    told["Read beside"] = tuple(set(catalogue.see_also.get(name, ())).difference(*told.values()))
    for words, others in told.items():
        if others:
            links = (f"[{each}](../{catalogue.by_id[each].document}/{each}.md)" for each in sorted(others))
            yield f"{words} {', '.join(links)}"


def _requirement(requirement: Requirement, facts: Facts) -> str:
    name = requirement.id
    tests, breaking = facts.tests.get(name, ()), facts.breaking.get(name, ())
    party = "client" if requirement.role == "client" else "server"
    title = _heading(requirement.document, requirement.section)
    return render(
        "requirement.md",
        r=requirement,
        document=document_name(requirement.document),
        clause_title=f"[{markdown.text(title)}](index.md#{anchor(requirement.section)})" if title else "",
        clause=_clause(requirement),
        level=LEVELS[requirement.level],
        role=ROLES[requirement.role],
        needs="; ".join(facts.features[each] for each in requirement.needs),
        topic=facts.topics.get(name),
        see_also="; ".join(_relations(requirement, facts)),
        tests=tests,
        fuzz_only=bool(tests) and all(test.fuzz for test in tests),
        party=party,
        breaking=_defects(breaking, party),
        example=markdown.code(_shown(requirement, breaking)) if breaking else "",
        blocking=_defects(facts.blocking.get(name, ()), party),
        changing=markdown.table(
            ("variant", "what differs", "verdict"),
            [
                (markdown.code(each.name), markdown.text(each.says), each.changes[name])
                for each in facts.changing.get(name, ())
            ],
        ),
    )


def _shown(requirement: Requirement, breaking: Sequence[AnyDefect]) -> str:
    """The command that shows a finding; fuzzing finds what no directed test does."""
    of_client = " --role client" if requirement.role == "client" else ""
    chosen = next((each for each in breaking if not isinstance(each, Defect) or not each.fuzz), breaking[0])
    fuzz = " --fuzz quick" if isinstance(chosen, Defect) and chosen.fuzz else ""
    return f"oauth2-conformance run{of_client} --only {requirement.id} --defect {chosen.name}{fuzz}"


def anchor(section: str) -> str:
    """The anchor of a section's heading on its document's page."""
    return "section-" + re.sub(r"[^a-z0-9.]+", "-", section.lower())


def _clause(requirement: Requirement) -> str:
    name = clause_name(requirement.document, requirement.section)
    title = section_title(requirement.document, requirement.section)
    label = markdown.text(f"{name}, {title}" if title else name)
    return markdown.link(label, clause_link(requirement.document, requirement.section))


def _defects(defects: Sequence[AnyDefect], party: str) -> str:
    rows = [(markdown.code(each.name), markdown.text(each.says)) for each in defects]
    return markdown.table(("defect", f"what the {party} does"), rows)
