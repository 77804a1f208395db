"""A comparison of runs on the terminal: for each later file what got worse and better, by level."""

from __future__ import annotations

from itertools import groupby
from typing import TextIO

from conformance.reporting import faults, summary
from conformance.reporting.comparison import Change, Comparison, claim_changes
from conformance.reporting.text import visible

SHOWN_OF_A_CHANGE = 30
WORDS: tuple[tuple[Change, str], ...] = (("worse", "worse"), ("better", "better"), ("other", "changed otherwise"))


def print_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Print it. What a target's results hold reaches the terminal as text only, never as control codes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for line in _lines(comparison):
        print(visible(line).encode(encoding, "backslashreplace").decode(encoding), file=stream)


def _lines(comparison: Comparison) -> list[str]:
    lines = []
    for label, content in zip(comparison.labels, comparison.contents, strict=True):
        lines += [f"{label}: {summary.conclusion_sentence(content)}", f"    findings: {faults.headline(content)}"]
    for place, label in list(enumerate(comparison.labels))[1:]:
        lines += ["", f"{label}, against {comparison.labels[0]}", *_of_file(comparison, place)]
    return [*lines, ""]


def _of_file(comparison: Comparison, place: int) -> list[str]:
    lines = [f"  {told}" for told in claim_changes(comparison.contents[0], comparison.contents[place])]
    lines += [f"    {level:<6}  {told}" for level in summary.LEVELS if (told := _level(comparison, place, level))]
    for change, word in WORDS[:2]:
        # What got worse is found in the later file, what got better was found in the first.
        shared = comparison.shared_faults()[place if change == "worse" else 0]
        rows = [row for row in comparison.rows if row.changes[place] == change]
        rows.sort(key=lambda row: shared.get(row.entry["id"], ""))
        for title, group in groupby(rows[:SHOWN_OF_A_CHANGE], key=lambda row: shared.get(row.entry["id"], "")):
            lines += [f"  {word}, of one fault: {title}"] if title else []
            lines += [
                f"  {word}: {row.verdicts[0]} -> {row.verdicts[place]}  {row.entry['level']}  {row.entry['id']}"
                for row in group
            ]
        lines += [f"  {word}: and {len(rows) - SHOWN_OF_A_CHANGE} more"] if len(rows) > SHOWN_OF_A_CHANGE else []
    return lines or ["    no difference"]


def _level(comparison: Comparison, place: int, level: str) -> str:
    """`2 worse, 1 better`: of one level, never over several."""
    numbers = comparison.numbers(place)
    return ", ".join(f"{numbers[level, change]} {word}" for change, word in WORDS if numbers[level, change])
