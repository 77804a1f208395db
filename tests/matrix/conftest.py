"""Writes the record of the matrices that the wheel ships (`conformance/certification/matrix.json`), when all ran."""

from __future__ import annotations

import os

import pytest

from tests.matrix import record

RECORD = pytest.StashKey[dict[str, str]]()


class _Collector:
    """Receives the reports of a run: how the test of each defect and each variant ended."""

    def __init__(self, outcomes: dict[str, str]) -> None:
        self._outcomes = outcomes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._outcomes[report.nodeid.rpartition("/")[2]] = report.outcome


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the controller only: workers send it their reports."""
    if not hasattr(config, "workerinput"):
        config.stash[RECORD] = {}
        config.pluginmanager.register(_Collector(config.stash[RECORD]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record of a whole matrix; one that was narrowed says nothing of the rest."""
    outcomes = session.config.stash.get(RECORD, {})
    if "MATRIX_FILES" not in os.environ and record.is_whole(outcomes):
        record.write(outcomes)
