"""What a run shows on the terminal: one line of progress, and the summary at its end."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from conformance.reporting import HTML_NAME, JUNIT_NAME, faults, summary
from conformance.reporting.curl import curl_line
from conformance.reporting.faults import Fault, Finding
from conformance.reporting.provenance import NOT_VERIFIED
from conformance.reporting.summary import LEVELS, Content, Entry, counted
from conformance.reporting.text import clause_name, document_name, visible

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.base.commanded import Color, Volume

STYLES = {"failed": "bold red", "error": "bold magenta", "inconclusive": "yellow", "warned": "bold yellow"}
STYLE_OF_CONCLUSION = {"conformant": "bold green", "not conformant": "bold red"}
OPEN = "bold yellow"
REASONS_SHOWN = 12
LINES_OF_DETAIL = 8
# Headings of columns where the line is short, and about how wide a column is where it isn't.
BROKEN = {
    "inconclusive": "incon-\nclusive",
    "untested": "un-\ntested",
    "not applicable": "not ap-\nplicable",
    "untestable": "untest-\nable",
}
COLUMN = 12
WIDTH_WITHOUT_TERMINAL = 120


def print_summary(
    content: Content, folder: Path, stream: TextIO, volume: Volume = "normal", color: Color = "auto"
) -> None:
    """Print the run's summary: numbers, findings, what stayed open, what was not tested, the conclusion.

    A run of some requirements alone tells of those alone; a quiet one concludes.
    """
    console = _console(stream, color)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = {**content, "requirements": [e for e in content["requirements"] if e.get("selected", True)]}
    printer = _Summary(console, encoding)
    if volume != "quiet":
        printer.details(shown)
    printer.conclusion(content, shown, folder, by_level=volume != "quiet")


def _console(stream: TextIO, color: Color) -> Console:
    from rich.console import Console

    is_terminal = stream.isatty()
    return Console(
        file=stream,
        highlight=False,
        markup=False,
        emoji=False,
        # NO_COLOR counts unless somebody says otherwise.
        force_terminal=True if color == "always" else None,
        no_color={"always": False, "never": True}.get(color, None if is_terminal else True),
        width=None if is_terminal else WIDTH_WITHOUT_TERMINAL,
    )


class _Summary:
    """Prints the parts of a summary. What a target sent reaches the terminal as text only, never as control codes."""

    def __init__(self, console: Console, encoding: str) -> None:
        self._console = console
        self._encoding = encoding

    def details(self, content: Content) -> None:
        """Every part but the conclusion, which stands last: that is where eyes are when a run ends."""
        self._numbers(content)
        self._findings(content)
        self._baseline(content)
        self._errors(content)
        self._inconclusive(content)
        self._vacuous(content)
        self._not_tested(content)
        self._outside(content)

    def _line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """A text in lines that fit; those of a text that has lines already (a traceback) are kept."""
        width = max(20, self._console.width - indent)
        for line in self._safe(text).split("\n"):
            for part in textwrap.wrap(line, width, break_on_hyphens=False) or [""]:
                self._console.print(f"{' ' * indent}{part.rstrip()}", style=style, soft_wrap=True)

    def _unwrapped(self, text: str) -> None:
        """A line that is to be copied: never broken."""
        self._console.print(self._safe(text), soft_wrap=True)

    def _safe(self, text: str) -> str:
        return visible(text).encode(self._encoding, "backslashreplace").decode(self._encoding)

    def _heading(self, text: str) -> None:
        self._line()
        self._line(text, "bold")

    def _numbers(self, content: Content) -> None:
        from rich.box import ASCII2, SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        entries = summary.of_target(content)
        words = summary.words_in_use(entries)
        is_unicode = self._encoding.lower().replace("-", "").startswith("utf")
        is_narrow = len(words) * COLUMN + 18 > self._console.width
        box = SIMPLE_HEAD if is_unicode else ASCII2
        table = Table(box=box, pad_edge=False, show_edge=False, padding=(0, 0 if is_narrow else 1))
        table.add_column("document", no_wrap=True)
        table.add_column("level", no_wrap=True)
        for word in words:
            table.add_column(BROKEN.get(word, word) if is_narrow else word, justify="right", no_wrap=True)
        for document, level, numbers in _rows(entries):
            cells = [
                Text(str(numbers[word] or "-"), STYLES.get(word, "") if numbers[word] else "dim") for word in words
            ]
            table.add_row(self._safe(document), level, *cells)
        self._line()
        self._console.print(table)

    def _findings(self, content: Content) -> None:
        """The faults, each with the evidence of its gravest requirement and the others folded below it."""
        found = faults.faults_of(content)
        if not found:
            return
        self._heading(f"Findings: {faults.headline(content)}")
        for fault in found:
            self._line()
            self._fault(fault, content)

    def _fault(self, fault: Fault, content: Content) -> None:
        is_group = len(fault.findings) > 1
        deviations, beside = summary.deviations_of_findings(content), summary.entries_beside(content)
        style = STYLES[fault.verdict]
        if is_group:
            self._line(f"{fault.verdict}  {fault.title}", style)
            self._line(f"{fault.level}, {counted(len(fault.findings), 'requirement')} broken", "dim", 4)
        else:
            self._line(f"{fault.verdict}  {fault.lead.entry['id']}", style)
        if fault.hint:
            self._line(fault.hint, "", 4)
        shown: set[tuple[str, str]] = set()
        for finding in fault.findings:
            entry = finding.entry
            if is_group:
                self._line(f"{entry['verdict']}  {entry['id']}", style, 4)
            self._about(entry, 8 if is_group else 4, deviations.get(entry["id"]))
            self._told(finding, content, 8 if is_group else 4, shown)
            self._beside(entry, beside.get(entry["id"], []))

    def _about(self, entry: Entry, indent: int, deviation: Mapping[str, Any] | None) -> None:
        role = "" if entry["role"] in summary.ROLES_TESTED else f", {entry['role'].replace('-', ' ')}"
        seen = summary.repeat_in_words(entry)
        where = f"{entry['level']}, {clause_name(entry['document'], entry['section'])}{role}"
        self._line(f"{where}, {seen}" if seen else where, "dim", indent)
        self._line(entry["says"], "", indent)
        if deviation is not None:
            self._line(summary.deviation_in_words(deviation), "cyan", indent)

    def _told(self, finding: Finding, content: Content, indent: int, shown: set[tuple[str, str]]) -> None:
        """What the tests tell; what another requirement of the same fault has told already stands there alone."""
        lines = [told for told in faults.told_by_tests(finding.tests) if (told.expected, told.observed) not in shown]
        shown |= {(told.expected, told.observed) for told in lines}
        for told in lines:
            self._line(f"expected  {told.expected}", "", indent)
            self._line(f"observed  {told.observed}", "", indent)
            for name, text in (
                ("case", told.in_cases),
                ("request", faults.difference(told.test)),
                ("answer", faults.excerpt(told.test, content["exchanges"])),
            ):
                if text:
                    self._line(f"{name:<8}  {text}", "dim", indent)
        decisive = summary.decisive_exchange(lines[0].test, content["exchanges"]) if lines else None
        # What a client sent nobody sends again.
        if decisive is not None and summary.role_of(content) == summary.SERVER:
            self._unwrapped(f"{' ' * indent}{curl_line(decisive, summary.shell_variables(content))}")

    def _beside(self, entry: Entry, others: Sequence[Entry]) -> None:
        """Where documents differ: the other's verdict, and why both are right."""
        for other in others:
            self._line(f"{summary.relation(entry, other)}  {other['id']}: {other['verdict']}", "", 4)
        if others:
            self._line(summary.explanation(entry, others), "", 4)

    def _baseline(self, content: Content) -> None:
        """How the baseline stands: what it lets pass, what in it closes the gate."""
        baseline = content.get("baseline")
        if baseline is None:
            return
        states = Counter(entry["state"] for entry in baseline["entries"])
        numbers = ", ".join(f"{states[state]} {state}" for state in summary.STATES if states[state])
        self._heading(f"Baseline {baseline['source']}: {numbers or 'no entries'}")
        for entry in summary.deviations_that_close(content):
            remedy = "take it out" if entry["state"] == "stale" else "mend it, or give it a new day"
            self._line(f"{entry['state']:<8} {entry['id']}: {remedy} ({entry['owner']}, {entry['expires']})", "", 4)
        for entry in summary.no_longer_decided(content):
            self._line(f"vacuous  {entry['id']}: decided before; {entry['reason']}", "", 4)

    def _errors(self, content: Content) -> None:
        failed = summary.with_verdict(content["requirements"], "error")
        if not failed:
            return
        self._heading(f"The suite itself failed at {counted(len(failed), 'requirement')} (please report it)")
        for entry in failed:
            self._line()
            self._line(f"error  {entry['id']}", STYLES["error"])
            for test in summary.deciding_tests(entry):
                self._line(_last_lines(test["detail"]) or test["reason"], "", 4)

    def _inconclusive(self, content: Content) -> None:
        open_ones = summary.with_verdict(content["requirements"], "inconclusive")
        if open_ones:
            self._heading(f"Inconclusive: {counted(len(open_ones), 'requirement')}, by reason")
            self._reasons(open_ones, names=True)

    def _vacuous(self, content: Content) -> None:
        entries = summary.with_verdict(summary.of_tested(content), "vacuous")
        if entries:
            self._heading(f"Vacuous: the situation of {counted(len(entries), 'requirement')} did not arise")
            self._reasons(entries, names=True)

    def _not_tested(self, content: Content) -> None:
        left_out = summary.with_verdict(summary.of_tested(content), "untested", "not applicable", "untestable")
        groups = {
            "Not tested": summary.with_verdict(left_out, "untested"),
            "Not applicable": summary.with_verdict(left_out, "not applicable"),
        }
        for heading, entries in groups.items():
            if entries:
                self._heading(f"{heading}: {counted(len(entries), 'requirement')}, by reason")
                self._reasons(entries, names=False)
        untestable = [entry for entry in left_out if entry["verdict"] == "untestable"]
        if untestable:
            asked = sum(bool(entry["attest"]) for entry in untestable)
            self._heading(f"Untestable from outside: {len(untestable)}, of which a vendor can attest {asked}")

    def _reasons(self, entries: Iterable[Entry], *, names: bool) -> None:
        groups = summary.by_reason(entries)
        for reason, group in groups[:REASONS_SHOWN]:
            self._line(f"{len(group):>5}  {reason}")
            if names:
                more = f" and {len(group) - 3} more" if len(group) > 3 else ""
                self._line(f"{', '.join(entry['id'] for entry in group[:3])}{more}", "dim", 7)
        rest = groups[REASONS_SHOWN:]
        if rest:
            number = sum(len(group) for _, group in rest)
            self._line(f"{number:>5}  for {counted(len(rest), 'other reason')}: see the report")

    def _claims(self, content: Content) -> None:
        made, outlook = summary.claims_in_words(content), summary.outlook_in_words(content)
        if made:
            self._heading("Claims")
        for name, title, conclusion in made:
            self._line(f"{conclusion:<14}  {name}: {title}", STYLE_OF_CONCLUSION.get(conclusion, OPEN), 4)
        for sentence in outlook:
            self._line(f"{'outlook':<14}  {sentence}", "dim", 4)

    def _outside(self, content: Content) -> None:
        for name, entries in summary.outside_the_conclusion(content):
            self._heading(f"{name}, outside the conclusion")
            for level, sentence in summary.level_sentences(entries):
                self._line(f"{level:<6}  {sentence}", "", 4)

    def conclusion(self, content: Content, shown: Content, folder: Path, *, by_level: bool) -> None:
        """What the run says of the target, and where that is written. The numbers are of what is `shown`."""
        levels = summary.level_sentences(summary.concluded_entries(shown)) if by_level else []
        if levels:
            self._heading("Requirements that the conclusion rests on, by level")
        for level, sentence in levels:
            self._line(f"{level:<6}  {sentence}", "", 4)
        if any(level == "STATED" for level, _ in levels):
            self._line(summary.STATED, "dim", 4)
        if by_level:
            self._claims(content)
        style = STYLE_OF_CONCLUSION.get(content["conclusion"], OPEN)
        self._line()
        self._line(summary.conclusion_sentence(content), style)
        if content.get("insecure"):
            self._line(f"Certificate: {NOT_VERIFIED}", "bold yellow")
        for path in (folder / name for name in (HTML_NAME, JUNIT_NAME, "results.json")):
            if path.exists():
                self._unwrapped(f"  {path}")


def _last_lines(text: str) -> str:
    """The end of a traceback: where it broke. The whole of it is in the report."""
    lines = text.rstrip().split("\n")
    return "\n".join(lines if len(lines) <= LINES_OF_DETAIL else ["...", *lines[-LINES_OF_DETAIL:]])


def _rows(entries: Sequence[Entry]) -> Iterable[tuple[str, str, Counter[str]]]:
    """Rows of the table: the document's name in its first row only."""
    for document in dict.fromkeys(entry["document"] for entry in entries):
        name = document_name(document)
        for level in LEVELS:
            numbers = Counter(e["verdict"] for e in entries if e["document"] == document and e["level"] == level)
            if numbers:
                yield name, level, numbers
                name = ""
