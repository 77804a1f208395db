"""Chooses what of the matrices is run, says so, and writes the record that the wheel ships when all of it ran."""

from __future__ import annotations

import os
from typing import TypeGuard

import pytest

from reference_server.defect import Defect
from reference_server.variant import Variant
from tests.matrix import kills, record
from tests.matrix.changes import ONE_IN, commit, is_drawn, touched_since
from tests.matrix.touched import Touched, all_of_it

RECORD = pytest.StashKey[dict[str, str]]()
COLLECTOR = pytest.StashKey["_Collector"]()
TOUCHED = pytest.StashKey[Touched]()


class _Collector:
    """Receives the reports of a run: how the test of each defect and each variant ended, and which cases turned red."""

    def __init__(self, outcomes: dict[str, str]) -> None:
        self._outcomes = outcomes
        self.killed: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._outcomes[report.nodeid.rpartition("/")[2]] = report.outcome
            defect = report.nodeid.rpartition("[")[2].removesuffix("]")
            for name, own in report.user_properties:
                if name == kills.PROPERTY and isinstance(own, list):
                    self.killed[defect] = own


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that narrows the matrices to a change."""
    parser.addoption(
        "--touched",
        nargs="?",
        const="",
        metavar="BASE",
        help="run what the change since BASE touched (default: origin/HEAD, origin/main or main); where that is "
        f"everything, and under CI, one defect and variant in {ONE_IN}, others for each commit",
    )
    parser.addoption("--write-kills", action="store_true", help="put what turned red into kills.json, case by case")


def pytest_configure(config: pytest.Config) -> None:
    """Choose, and collect the outcomes in the controller only: workers send it their reports."""
    base = config.getoption("--touched")
    config.stash[TOUCHED] = all_of_it("asked for") if base is None else touched_since(base, os.environ)
    if not hasattr(config, "workerinput"):
        config.stash[RECORD] = {}
        config.stash[COLLECTOR] = _Collector(config.stash[RECORD])
        config.pluginmanager.register(config.stash[COLLECTOR])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say what is run and why, however quiet pytest is told to be."""
    if not hasattr(session.config, "workerinput"):
        writer = session.config.get_terminal_writer()
        for line in session.config.stash[TOUCHED].in_words():
            writer.line(line)
        if is_sampled(session.config):
            writer.line(f"  one server in {ONE_IN}, drawn by the commit; `tox -e matrix` runs all")


@pytest.fixture(scope="session")
def touched(pytestconfig: pytest.Config) -> Touched:
    """What has to be run."""
    return pytestconfig.stash[TOUCHED]


@pytest.fixture(scope="session")
def touched_by_fuzzing() -> None:
    """For tests that fuzz one server: they are left out where the change can't turn what fuzzing finds there."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out servers that no chosen test meets."""
    chosen = config.stash[TOUCHED]
    kept = [item for item in items if not is_left_out(item, chosen)]
    if is_sampled(config):
        now = commit()
        kept = [item for item in kept if not is_of_a_server(item) or is_drawn_at(item, now)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def is_sampled(config: pytest.Config) -> bool:
    """Whether everything is touched, and nobody asked for all of it."""
    return config.getoption("--touched") is not None and config.stash[TOUCHED].everything


def is_drawn_at(item: pytest.Function, now: str) -> bool:
    """Whether a test's server is among those that are run at a commit; the one as it stands always is."""
    server = server_of(item)
    return server is None or is_drawn(server if isinstance(server, str) else server.name, now)


def is_of_a_server(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Whether a test of one server asks what is touched."""
    return isinstance(item, pytest.Function) and bool({"touched", "touched_by_fuzzing"} & {*item.fixturenames})


def server_of(item: pytest.Function) -> Defect | Variant | str | None:
    """The server of a test; None for the one as it stands."""
    server: Defect | Variant | str | None = item.callspec.params.get("defect") or item.callspec.params["variant"]
    return server


def is_left_out(item: pytest.Item, chosen: Touched) -> bool:
    """Whether a test of one server, which asks what is touched, would find nothing to do."""
    if not is_of_a_server(item):
        return False
    server = server_of(item)
    if "touched_by_fuzzing" in item.fixturenames:
        return not chosen.fuzzes(server)
    return chosen.scope(server) == frozenset()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record of a whole matrix; one that was narrowed says nothing of the rest.

    The package ships it as the suite's proof: it is the one file of the package that a run writes, to be committed.
    """
    outcomes = session.config.stash.get(RECORD, {})
    if "MATRIX_FILES" not in os.environ and session.config.stash[TOUCHED].everything and record.is_whole(outcomes):
        record.write(outcomes)
    if session.config.getoption("--write-kills") and COLLECTOR in session.config.stash:
        kills.write(session.config.stash[COLLECTOR].killed)
