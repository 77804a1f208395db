"""What a run shows on the terminal: one line of progress, and the summary at its end."""

from __future__ import annotations

import shutil
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from conformance.reporting import HTML_NAME, JUNIT_NAME, summary
from conformance.reporting.curl import curl_line
from conformance.reporting.summary import LEVELS, VERDICTS, Content, Entry, counted
from conformance.reporting.text import clause_name, document_name, visible

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"failed": "bold red", "error": "bold magenta", "inconclusive": "yellow", "warned": "bold yellow"}
SHOWN_IN_FULL = 20
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
SECONDS_BETWEEN_UPDATES = 0.1


def print_summary(content: Content, folder: Path, stream: TextIO) -> None:
    """Print the run's summary: numbers, findings, what stayed open, what was not tested, the conclusion."""
    console = _console(stream)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    _Summary(console, encoding).all_of(content, folder)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    is_terminal = stream.isatty()
    width = None if is_terminal else WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, highlight=False, markup=False, emoji=False, no_color=not is_terminal, width=width)


class _Summary:
    """Prints the parts of a summary. What a target sent reaches the terminal as text only, never as control codes."""

    def __init__(self, console: Console, encoding: str) -> None:
        self._console = console
        self._encoding = encoding

    def all_of(self, content: Content, folder: Path) -> None:
        """Every part, the conclusion last: that is where eyes are when a run ends."""
        self._numbers(content)
        self._findings(content)
        self._baseline(content)
        self._errors(content)
        self._inconclusive(content)
        self._not_tested(content)
        self._outside(content)
        self._conclusion(content, folder)

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

        entries = summary.of_server(content)
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
        found = summary.findings(content)
        if not found:
            return
        self._heading(f"Findings: {summary.findings_in_words(found)}")
        variables, beside = summary.shell_variables(content), summary.beside(content)
        deviations = summary.deviations_of_findings(content)
        for entry in found[:SHOWN_IN_FULL]:
            self._finding(entry, content["exchanges"], variables, deviations.get(entry["id"]))
            self._beside(entry, beside.get(entry["id"], []))
        for entry in found[SHOWN_IN_FULL:]:
            known = "  (in the baseline)" if entry["id"] in deviations else ""
            self._line(f"{entry['verdict']:<8} {entry['id']}  {entry['level']}{known}")

    def _finding(
        self,
        entry: Entry,
        exchanges: Sequence[Mapping[str, Any]],
        variables: frozenset[str],
        deviation: Mapping[str, Any] | None,
    ) -> None:
        self._line()
        self._line(f"{entry['verdict']}  {entry['id']}", STYLES[entry["verdict"]])
        role = "" if entry["role"] == summary.SERVER else f", {entry['role'].replace('-', ' ')}"
        self._line(f"{entry['level']}, {clause_name(entry['document'], entry['section'])}{role}", "dim", 4)
        self._line(entry["says"], "", 4)
        if deviation is not None:
            self._line(summary.deviation_in_words(deviation), "cyan", 4)
        for expected, observed in summary.expectations(entry):
            self._line(f"expected  {expected}", "", 4)
            self._line(f"observed  {observed}", "", 4)
        telling = summary.telling_exchange(entry, exchanges)
        if telling is not None:
            self._unwrapped(f"    {curl_line(telling, variables)}")

    def _beside(self, entry: Entry, others: Sequence[Entry]) -> None:
        """Where documents differ: the other's verdict, and why both are right."""
        for other in others:
            self._line(f"see also  {other['id']}: {other['verdict']}", "", 4)
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

    def _errors(self, content: Content) -> None:
        faults = summary.with_verdict(content["requirements"], "error")
        if not faults:
            return
        self._heading(f"The suite itself failed at {counted(len(faults), 'requirement')} (please report it)")
        for entry in faults:
            self._line()
            self._line(f"error  {entry['id']}", STYLES["error"])
            for test in summary.deciding_tests(entry):
                self._line(_last_lines(test["detail"]) or test["reason"], "", 4)

    def _inconclusive(self, content: Content) -> None:
        open_ones = summary.with_verdict(content["requirements"], "inconclusive")
        if open_ones:
            self._heading(f"Inconclusive: {counted(len(open_ones), 'requirement')}, by reason")
            self._reasons(open_ones, names=True)

    def _not_tested(self, content: Content) -> None:
        left_out = summary.with_verdict(summary.of_server(content), "untested", "not applicable", "untestable")
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

    def _outside(self, content: Content) -> None:
        for name, entries in summary.outside_the_conclusion(content):
            self._heading(f"{name}, outside the conclusion")
            for level, sentence in summary.level_sentences(entries):
                self._line(f"{level:<6}  {sentence}", "", 4)

    def _conclusion(self, content: Content, folder: Path) -> None:
        self._heading("Requirements on the authorization server, by level")
        for level, sentence in summary.level_sentences(summary.concluded(content)):
            self._line(f"{level:<6}  {sentence}", "", 4)
        style = {"conformant": "bold green", "not conformant": "bold red"}.get(content["conclusion"], "bold yellow")
        self._line()
        self._line(summary.conclusion_sentence(content), style)
        for name in (HTML_NAME, JUNIT_NAME, "results.json"):
            self._unwrapped(f"  {folder / name}")


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


class Progress:
    """Tells how far a run is: one line that changes on a terminal, elsewhere a line for each document at its end."""

    def __init__(self, stream: TextIO, total: int | None) -> None:
        self._stream = stream
        self._total = total
        self._is_terminal = stream.isatty()
        self._done = 0
        self._document = ""
        self._test = ""
        self._numbers: Counter[str] = Counter()
        self._of_document: dict[str, Counter[str]] = {}
        self._shown_at = 0.0
        self._has_line = False

    def begin(self, test: str) -> None:
        """A test begins that takes a while: it is named as long as it does."""
        self._test = test
        if self._is_terminal:
            self._show()

    def advance(self, document: str, verdict: str) -> None:
        """A test has ended."""
        self._test = ""
        if document != self._document and not self._is_terminal:
            self._document_ended()
        self._document = document
        self._done += 1
        self._numbers[verdict] += 1
        self._of_document.setdefault(document, Counter())[verdict] += 1
        if self._is_terminal and time.monotonic() - self._shown_at >= SECONDS_BETWEEN_UPDATES:
            self._show()

    def close(self) -> None:
        """The run has ended: the line goes, what follows starts at the margin."""
        if not self._is_terminal:
            self._document_ended()
        elif self._has_line:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        width = shutil.get_terminal_size().columns - 1
        words = (self._position(), self._document, _troubles(self._numbers), self._test)
        line = "  ".join(filter(None, words))
        self._stream.write(f"\r{line[:width]}\x1b[K")
        self._stream.flush()
        self._has_line = True

    def _position(self) -> str:
        if not self._total:
            return str(self._done)
        return f"[{self._done * 100 // self._total:>3}%] {self._done}/{self._total}"

    def _document_ended(self) -> None:
        """Tests that come back in another order, as parallel workers make them, give a document more than one line."""
        numbers = self._of_document.pop(self._document, None)
        if numbers is not None:
            shown = ", ".join(f"{numbers[word]} {word}" for word in VERDICTS if numbers[word])
            self._stream.write(f"{self._position()}  {self._document}  {shown}\n")
            self._stream.flush()


def _troubles(numbers: Counter[str]) -> str:
    return ", ".join(f"{numbers[word]} {word}" for word in VERDICTS[:4] if numbers[word])
