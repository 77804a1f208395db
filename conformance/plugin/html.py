"""Columns of pytest-html's tests.html, and what it comes from."""

from __future__ import annotations

import pytest

from conformance.plugin.stashes import RECORDER


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_summary(prefix: list[str], session: pytest.Session) -> None:
    """Where the log comes from, as in every other report."""
    from markupsafe import escape

    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        prefix += [f"<p>{escape(line)}</p>" for line in recorder.run.header.in_words()]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """A column for the verdict and one for the requirement."""
    cells.insert(1, "<th>Verdict</th>")
    cells.insert(2, "<th>Requirement</th>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: pytest.TestReport, cells: list[str]) -> None:
    """The suite's own verdict beside pytest's outcome; no row for the teardown, which only carries evidence on."""
    if report.when == "teardown":
        cells.clear()
        return
    cells.insert(1, f"<td>{getattr(report, 'conformance_verdict', '')}</td>")
    cells.insert(2, f"<td>{getattr(report, 'conformance_requirement', '')}</td>")
