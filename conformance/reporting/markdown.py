"""The run as Markdown for a pull request or a job's summary: conclusion, numbers by level, findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from conformance.reporting import faults, summary
from conformance.reporting.curl import curl_line
from conformance.reporting.faults import Fault, Finding
from conformance.reporting.gate import gate_sentence
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import LEVELS, Content, Entry, counted
from conformance.reporting.text import clause_link, clause_name, visible

# A comment on GitHub holds 65,536 characters; a finding's details stop well before.
ROOM = 48_000
SHOWN_OF_A_VALUE = 500
OPEN_REASONS = 10
# Requirements of one fault that are told in a line each.
SHOWN_OF_A_FAULT = 40
# What Markdown or HTML could read as markup within a line, `@` that would notify somebody, addresses that would link.
SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&@$]|:(?=//)|(?<=www)\.")


def summary_as_markdown(content: Content) -> str:
    """The summary, self-contained and short enough to be a comment."""
    parts = [
        f"## OAuth 2.0 conformance: {plain(content['target']['name'])}",
        f"**{plain(summary.conclusion_sentence(content))}**",
        prose(f"{gate_sentence(content)}."),
        *_claims(content),
        _numbers(content),
        *_outside(content),
        *_findings(content),
        *_reasons("The suite itself failed", summary.with_verdict(content["requirements"], "error")),
        *_reasons("Inconclusive", summary.with_verdict(content["requirements"], "inconclusive")),
        *_reasons("Vacuous", summary.with_verdict(summary.of_tested(content), "vacuous")),
        _provenance(content),
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is: in one line, nothing in it marks up, mentions or links."""
    return SPECIAL.sub(lambda match: f"&#{ord(match.group())};", visible(text).replace("\n", " "))


def code(text: str) -> str:
    """A code span around any text, backticks in it included."""
    shown = visible(text).replace("\n", "\\n")
    shown = shown if len(shown) <= SHOWN_OF_A_VALUE else f"{shown[:SHOWN_OF_A_VALUE]}..."
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    space = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else ""


def prose(text: str) -> str:
    """A sentence of the suite's own, with its code spans."""
    pieces = text.split("`")
    return "".join(code(piece) if n % 2 else plain(piece) for n, piece in enumerate(pieces))


def _numbers(content: Content) -> str:
    """Verdicts by level; levels are never added up."""
    numbers = summary.by_level(summary.concluded_entries(content))
    words = summary.words_in_use(summary.concluded_entries(content))
    rows = [["Level", *words], ["---", *("---:" for _ in words)]]
    rows += [[level, *(str(numbers[level][word]) for word in words)] for level in LEVELS if numbers[level]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _claims(content: Content) -> list[str]:
    """Each claim with its conclusion, and how what isn't claimed would stand."""
    made = summary.claims_in_words(content)
    rows = [f"| {code(name)} {plain(title)} | {conclusion} |" for name, title, conclusion in made]
    table = ["\n".join(["| Claim | Conclusion |", "| --- | --- |", *rows])] if rows else []
    return [*table, *(plain(f"Outlook: {sentence}.") for sentence in summary.outlook_in_words(content))]


def _outside(content: Content) -> list[str]:
    lines = summary.outside_the_conclusion(content)
    return [f"{name}, outside the conclusion: {summary.in_one_line(entries)}." for name, entries in lines]


def _findings(content: Content) -> list[str]:
    """Each fault, folded, with its requirements; those for which there is no room with a line for each of these."""
    found = faults.faults_of(content)
    if not found:
        return []
    parts = [f"### Findings: {faults.headline(content)}"]
    room = ROOM
    for number, fault in enumerate(found):
        told = _fault(fault, content)
        if len(told) > room:
            return [*parts, _rest(found[number:])]
        room -= len(told)
        parts.append(told)
    return parts


def _fault(fault: Fault, content: Content) -> str:
    number = len(fault.findings)
    lead = fault.lead.entry
    what = f"<code>{plain(lead['id'])}</code>" if number == 1 else f"({counted(number, 'requirement')})"
    mark = _mark(fault, content)
    heading = f"<b>{fault.verdict}</b> {fault.level} {what}{mark}: {_html(fault.title)}"
    lines = [f"- {prose(fault.hint)}"] if fault.hint else []
    lines += _finding(fault, fault.lead, content)
    others = [_other(finding) for finding in fault.findings[1:SHOWN_OF_A_FAULT]]
    left = fault.findings[SHOWN_OF_A_FAULT:]
    if left:
        others.append(f"- and {', '.join(code(finding.entry['id']) for finding in left)}")
    if others:
        others = ["", "Breaks as well:", "", *others]
    return f"<details><summary>{heading}</summary>\n\n" + "\n".join([*lines, *others]) + "\n\n</details>"


def _mark(fault: Fault, content: Content) -> str:
    """Whether the baseline knows a fault: all of it, or a part."""
    known = summary.known_deviations(content)
    number = sum(finding.entry["id"] in known for finding in fault.findings)
    if not number:
        return ""
    return " (known deviation)" if number == len(fault.findings) else f" ({number} of them known deviations)"


def _finding(fault: Fault, finding: Finding, content: Content) -> list[str]:
    """The evidence of a fault's gravest requirement."""
    entry = finding.entry
    topic = content.get("topics", {}).get(entry.get("topic", ""))
    usual = fault.usual_cause(entry, content.get("topics", {}))
    again = next(
        (each for test in finding.tests if (each := summary.decisive_exchange(test, content["exchanges"]))), None
    )
    clause = plain(clause_name(entry["document"], entry["section"]))
    says = f": {code(entry['id'])}, {prose(entry['says'])}" if len(fault.findings) > 1 else ""
    lines = [f"- {_source(clause, clause_link(entry['document'], entry['section']))}{says}"]
    for told in faults.told_by_tests(finding.tests):
        lines += [f"- expected: {code(told.expected)}", f"- observed: {code(told.observed)}"]
        lines += [f"- case: {code(told.in_cases)}"] if told.cases else []
        lines += [f"- request: {prose(more)}"] if (more := faults.difference(told.test)) else []
        lines += [f"- answer: {code(more)}"] if (more := faults.excerpt(told.test, content["exchanges"])) else []
    lines += [f"- {prose(seen)}"] if (seen := summary.repeat_in_words(entry)) else []
    lines += [f"- why it matters: {prose(topic['matters'])}"] if topic else []
    lines += [f"- usual cause: {prose(usual)}"] if usual else []
    of_server = summary.role_of(content) == summary.SERVER
    lines += [f"- again: {code(curl_line(again, summary.shell_variables(content)))}"] if again and of_server else []
    return lines


def _other(finding: Finding) -> str:
    """A requirement that a fault breaks besides, with what was observed."""
    entry = finding.entry
    observed = "; ".join(dict.fromkeys(code(told.observed) for told in faults.told_by_tests(finding.tests)))
    return f"- {entry['verdict']} {entry['level']} {code(entry['id'])}: {prose(entry['says'])} Observed: {observed}"


def _source(clause: str, link: str) -> str:
    return f"[{clause}]({link})" if link else clause


def _html(text: str) -> str:
    """A sentence within HTML, where Markdown's code spans don't count."""
    pieces = text.split("`")
    return "".join(f"<code>{plain(piece)}</code>" if n % 2 else plain(piece) for n, piece in enumerate(pieces))


def _rest(found: Sequence[Fault]) -> str:
    """Faults that have no room: their headlines, as many as fit."""
    lines, room = [], ROOM // 4
    for fault in found:
        number = len(fault.findings)
        what = code(fault.lead.entry["id"]) if number == 1 else f"({counted(number, 'requirement')})"
        line = f"- {fault.verdict} {fault.level} {what}: {prose(fault.title)}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    left = len(found) - len(lines)
    return "\n".join([*lines, *([f"- and {counted(left, 'fault')} more: see the report"] if left else [])])


def _reasons(heading: str, entries: Iterable[Entry]) -> list[str]:
    groups = summary.by_reason(entries)
    if not groups:
        return []
    lines = [f"- {len(group)}: {code(reason)}" for reason, group in groups[:OPEN_REASONS]]
    left = len(groups) - len(lines)
    return [f"### {heading}", "\n".join([*lines, *([f"- {counted(left, 'other reason')}"] if left else [])])]


def _provenance(content: Content) -> str:
    """Where this comes from, folded."""
    facts = provenance(content)
    profile = facts.pop("profile", "")
    lines = [f"- {name}: {code(value)}" for name, value in facts.items()]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", profile)), default=0))
    folded = "\n".join(lines) + f"\n\n{fence}toml\n{visible(profile)[:4000]}\n{fence}"
    return f"<details><summary>About this run</summary>\n\n{folded}\n\n</details>"
