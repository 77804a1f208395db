"""Draws some of the reference client's defects and variants where not all of them are to be run.

When all of them ran, it writes the record that the wheel ships.
"""

from __future__ import annotations

import pytest

from tests.matrix.changes import ONE_IN, commit, is_drawn
from tests.matrix.kills import PROPERTY
from tests.matrix_clients import kills, record

SEEN = pytest.StashKey["_Seen"]()


class _Seen:
    """Receives the reports of a run: how the test of each defect and each variant ended, and which cases turned red."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.killed: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.outcomes[report.nodeid.rpartition("/")[2]] = report.outcome
            for name, own in report.user_properties:
                if name == PROPERTY and isinstance(own, list):
                    self.killed[report.nodeid.partition("[")[2].removesuffix("]")] = own


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options: what is drawn, and what is written."""
    parser.addoption("--sampled", action="store_true", help=f"one client in {ONE_IN}, others for each commit")
    parser.addoption("--write-kills", action="store_true", help="put what turned red into kills.json, case by case")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the outcomes in the controller only: workers send it their reports."""
    if not hasattr(config, "workerinput"):
        config.stash[SEEN] = _Seen()
        config.pluginmanager.register(config.stash[SEEN])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clients that aren't drawn."""
    if not config.getoption("--sampled"):
        return
    now = commit()
    kept = [item for item in items if not hasattr(item, "callspec") or is_drawn(item.callspec.id, now)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record of a whole matrix, to be committed; one that was narrowed says nothing of the rest."""
    seen = session.config.stash.get(SEEN, None)
    if seen is None:
        return
    if record.is_whole(seen.outcomes):
        record.write(seen.outcomes)
    if session.config.getoption("--write-kills"):
        kills.write(seen.killed)
