"""How a test's end reads in pytest's own words: its reports, and what pytest-html shows beside them."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from conformance.tally.gathered import TestResult


def report_of(
    item: pytest.Function, when: Literal["call", "teardown"], result: TestResult, verdict: str
) -> pytest.TestReport:
    """pytest's nearest words: a verdict that is no failure and not kept is a skip, a warning a failure expected."""
    outcome: Literal["passed", "failed", "skipped"] = "passed"
    longrepr: str | tuple[str, int, str] | None = None
    if when == "call" and verdict in ("failed", "error"):
        outcome, longrepr = "failed", _sentence(result, verdict)
    elif when == "call" and result.outcome != "kept":
        outcome, longrepr = "skipped", (str(item.path), 0, _sentence(result, verdict))
    duration = result.duration if when == "call" else 0.0
    report = pytest.TestReport(item.nodeid, location_of(item), {}, outcome, longrepr, when, duration=duration)
    report.conformance_verdict = verdict  # type: ignore[attr-defined]
    report.conformance_requirement = result.requirement  # type: ignore[attr-defined]
    if outcome == "skipped" and result.outcome == "broken":
        report.wasxfail = _sentence(result, verdict)
    return report


def location_of(item: pytest.Function) -> tuple[str, int, str]:
    """What `item.location` says of a test of ours: pytest looks for each one's file anew, which takes a while."""
    return item.nodeid.partition("::")[0], item.function.__code__.co_firstlineno - 1, item.name


def _sentence(result: TestResult, verdict: str) -> str:
    if result.outcome == "broken":
        return f"{result.requirement}: expected {result.expected}; observed {result.observed}"
    return result.detail or f"{verdict}: {result.reason}"


def html_extras(config: pytest.Config, result: TestResult) -> list[Any]:
    """The exchanges that a test was the first to see, where it found or decided nothing good: the log stays small.

    All evidence is in the report.
    """
    if result.outcome == "kept" or not writes_html(config) or not result.evidence:
        return []
    from pytest_html import extras

    from conformance.reporting.text import exchanges_as_text

    return [extras.text(exchanges_as_text(result.evidence), name="exchanges")]


def writes_html(config: pytest.Config) -> bool:
    """Whether pytest-html is there: under its entry point's name, or under the module's when it was named by -p."""
    return any(config.pluginmanager.hasplugin(name) for name in ("html", "pytest_html.plugin"))
