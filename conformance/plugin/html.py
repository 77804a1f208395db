"""Columns of pytest-html's tests.html, and what it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.plugin.stashes import RECORDER
from conformance.running.whole_run import RunRecorder
from conformance.tally.verdicts import verdict_of

# Where pytest-html keeps its rows until it writes them, behind the last test.
ROWS = pytest.StashKey[Any]()
VERDICT, REQUIREMENT = 1, 2


@pytest.hookimpl(optionalhook=True)
def pytest_html_report_title(report: Any) -> None:
    """The title stays; what comes along is what the log will be made of."""
    report.config.stash[ROWS] = report


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_summary(prefix: list[str], session: pytest.Session) -> None:
    """Where the log comes from, as in every other report."""
    from markupsafe import escape

    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        prefix += [f"<p>{escape(line)}</p>" for line in recorder.run.header.in_words()]
        _settle(session.config.stash[ROWS].data["tests"], recorder)


def _settle(rows: dict[str, list[dict[str, Any]]], recorder: RunRecorder) -> None:
    """Put the verdicts that second tries have left into the rows of their tests, which held the first ones."""
    levels = {requirement.id: requirement.level for requirement in recorder.catalogue.requirements}
    settled = {
        (_cell(test.requirement), test.name): _cell(verdict_of(levels[test.requirement], test.outcome))  # type: ignore[arg-type]
        for test in recorder.run.tests
        if test.repeat is not None
    }
    for node, entries in rows.items():
        for cells in (entry["resultsTableRow"] for entry in entries):
            key = cells[REQUIREMENT], node.partition("::")[2]
            cells[VERDICT] = settled.get(key, cells[VERDICT])


def _cell(text: object) -> str:
    return f"<td>{text}</td>"


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """A column for the verdict and one for the requirement."""
    cells.insert(VERDICT, "<th>Verdict</th>")
    cells.insert(REQUIREMENT, "<th>Requirement</th>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: pytest.TestReport, cells: list[str]) -> None:
    """The suite's own verdict beside pytest's outcome; no row for the teardown, which only carries evidence on."""
    if report.when == "teardown":
        cells.clear()
        return
    cells.insert(VERDICT, _cell(getattr(report, "conformance_verdict", "")))
    cells.insert(REQUIREMENT, _cell(getattr(report, "conformance_requirement", "")))
