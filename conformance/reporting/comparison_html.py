"""A comparison of runs as one self-contained HTML file; every cell of its matrix opens its evidence."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from conformance.reporting import faults, summary
from conformance.reporting.comparison import Change, Comparison, Row, claim_changes
from conformance.reporting.curl import curl_line
from conformance.reporting.page_evidence import packed
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content, Entry
from conformance.reporting.templating import rendered_page

CHANGES: tuple[tuple[Change, str], ...] = (
    ("worse", "What got worse"),
    ("better", "What got better"),
    ("other", "What changed otherwise"),
)


def comparison_as_html(comparison: Comparison) -> str:
    """The page."""
    return rendered_page("compare.html.j2", ("evidence.js", "compare.js"), _view(comparison))


def _view(comparison: Comparison) -> dict[str, Any]:
    exchanges, starts = _exchanges(comparison.contents)
    cells = [[_cell(cell, start) for cell, start in zip(row.cells, starts, strict=True)] for row in comparison.rows]
    return {
        "labels": comparison.labels,
        "runs": [
            {
                "label": label,
                "sentence": summary.conclusion_sentence(content),
                "claims": "; ".join(claim_changes(comparison.contents[0], content)),
                "findings": faults.headline(content),
                "facts": provenance(content),
            }
            for label, content in zip(comparison.labels, comparison.contents, strict=True)
        ],
        "numbers": _numbers(comparison),
        "faults": comparison.shared_faults(),
        "sections": [(change, title, _groups(comparison, change)) for change, title in CHANGES],
        "rows": comparison.rows,
        "documents": list(dict.fromkeys(row.entry["document"] for row in comparison.rows)),
        "levels": summary.LEVELS,
        "packed": lambda: Markup(packed({"exchanges": exchanges, "cells": cells})),
        "counted": summary.counted,
    }


def _exchanges(contents: tuple[Content, ...]) -> tuple[list[dict[str, Any]], list[int]]:
    """The exchanges of all runs, one run after the other, and where each run's begin."""
    exchanges: list[dict[str, Any]] = []
    starts = []
    for content in contents:
        starts.append(len(exchanges))
        variables = summary.shell_variables(content)
        base = content["target"]["base_url"]
        exchanges += [{**each, "curl": curl_line(each, variables), "base": base} for each in content["exchanges"]]
    return exchanges, starts


def _cell(entry: Entry | None, start: int) -> dict[str, Any] | None:
    """What the script shows when a cell is opened: the tests, their evidence by its place among all exchanges."""
    if entry is None:
        return None
    return {
        "verdict": entry["verdict"],
        "reason": entry["reason"],
        "tests": [
            {
                **{name: test[name] for name in ("name", "verdict", "reason", "expected", "observed")},
                "exchanges": [start + place for place in test["exchanges"]],
            }
            for test in entry["tests"]
        ],
    }


def _groups(comparison: Comparison, change: Change) -> list[tuple[int, Row]]:
    """Rows with this change, each with its place in the matrix."""
    return [(place, row) for place, row in enumerate(comparison.rows) if row.has(change)]


def _numbers(comparison: Comparison) -> list[dict[str, Any]]:
    """For each later file, how many requirements of each level got worse or better; levels are never added up."""
    tables = []
    for place, label in list(enumerate(comparison.labels))[1:]:
        numbers = comparison.numbers(place)
        rows = [(level, [numbers[level, change] for change, _ in CHANGES]) for level in summary.LEVELS]
        tables.append({"label": label, "rows": rows})
    return tables
