"""The run as Markdown for a pull request or a job's summary: conclusion, numbers by level, findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from conformance.reporting import summary
from conformance.reporting.curl import curl_line
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import LEVELS, Content, Entry, counted
from conformance.reporting.text import clause_link, clause_name, visible

# A comment on GitHub holds 65,536 characters; a finding's details stop well before.
ROOM = 48_000
SHOWN_OF_A_VALUE = 500
OPEN_REASONS = 10
# What Markdown or HTML could read as markup within a line, `@` that would notify somebody, addresses that would link.
SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&@$]|:(?=//)|(?<=www)\.")


def summary_as_markdown(content: Content) -> str:
    """The summary, self-contained and short enough to be a comment."""
    parts = [
        f"## OAuth 2.0 conformance: {plain(content['target']['name'])}",
        f"**{plain(summary.conclusion_sentence(content))}**",
        _numbers(content),
        *_outside(content),
        *_findings(content),
        *_reasons("The suite itself failed", summary.with_verdict(content["requirements"], "error")),
        *_reasons("Inconclusive", summary.with_verdict(content["requirements"], "inconclusive")),
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
    numbers = summary.by_level(summary.concluded(content))
    words = summary.words_in_use(summary.concluded(content))
    rows = [["Level", *words], ["---", *("---:" for _ in words)]]
    rows += [[level, *(str(numbers[level][word]) for word in words)] for level in LEVELS if numbers[level]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _outside(content: Content) -> list[str]:
    lines = summary.outside_the_conclusion(content)
    return [f"{name}, outside the conclusion: {summary.in_one_line(entries)}." for name, entries in lines]


def _findings(content: Content) -> list[str]:
    """Each finding with what was expected and observed, as long as there is room; then one line each."""
    found = summary.findings(content)
    if not found:
        return []
    parts = [f"### Findings: {summary.findings_in_words(found)}"]
    known = summary.known_deviations(content)
    room = ROOM
    for number, entry in enumerate(found):
        told = _finding(entry, content, entry["id"] in known)
        room -= len(told)
        if room < 0:
            return [*parts, _rest(found[number:])]
        parts.append(told)
    return parts


def _finding(entry: Entry, content: Content, is_known: bool) -> str:
    link = clause_link(entry["document"], entry["section"])
    clause = plain(clause_name(entry["document"], entry["section"]))
    topic = content.get("topics", {}).get(entry.get("topic", ""))
    telling = summary.telling_exchange(entry, content["exchanges"])
    lines = [f"- {_source(clause, link)}"]
    lines += [
        line
        for expected, observed in summary.expectations(entry)
        for line in (f"- expected: {code(expected)}", f"- observed: {code(observed)}")
    ]
    lines += (
        [f"- why it matters: {prose(topic['matters'])}", f"- usual cause: {prose(topic['causes'])}"] if topic else []
    )
    lines += [f"- again: {code(curl_line(telling, summary.shell_variables(content)))}"] if telling else []
    mark = " (known deviation)" if is_known else ""
    heading = (
        f"<b>{entry['verdict']}</b> {entry['level']} <code>{plain(entry['id'])}</code>{mark}: {_html(entry['says'])}"
    )
    return f"<details><summary>{heading}</summary>\n\n" + "\n".join(lines) + "\n\n</details>"


def _source(clause: str, link: str) -> str:
    return f"[{clause}]({link})" if link else clause


def _html(text: str) -> str:
    """A sentence within HTML, where Markdown's code spans don't count."""
    pieces = text.split("`")
    return "".join(f"<code>{plain(piece)}</code>" if n % 2 else plain(piece) for n, piece in enumerate(pieces))


def _rest(entries: Sequence[Entry]) -> str:
    """Findings that have no room: their ids, as many as fit."""
    lines, room = [], ROOM // 4
    for entry in entries:
        line = f"- {entry['verdict']} {entry['level']} {code(entry['id'])}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    left = len(entries) - len(lines)
    return "\n".join([*lines, *([f"- and {counted(left, 'finding')} more: see the report"] if left else [])])


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
