"""What a run leaves at the target: foretold before its first test, cleared after its last."""

from __future__ import annotations

import io
from collections.abc import Collection, Generator

import pytest

from conformance.harness.clearing import Cleared, revoke_all
from conformance.harness.footprint import Issued
from conformance.plugin.collection import is_of_suite
from conformance.plugin.opening import processes_of
from conformance.plugin.run_loop import session_of
from conformance.plugin.stashes import CLEARED, EXAMINED, FOOTPRINT, PROFILE, PROGRESS, RECORDER, SERVER
from conformance.running.collecting import case_of


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what the tests that were collected will do to the target, where its profile has been tried out."""
    config = session.config
    items = [item for item in session.items if is_of_suite(item)]
    if EXAMINED not in config.stash or not items:
        return
    from conformance.preflight import terminal_text
    from conformance.preflight.forecast import foresee

    loaded, before = config.stash[PROFILE], config.stash[FOOTPRINT]
    outlook = foresee(loaded, config.stash[EXAMINED], before, list(map(case_of, items)), processes_of(config))
    config.stash[RECORDER].run.forecast = outlook.footprint.as_dict()
    said = io.StringIO()
    terminal_text.print_forecast(outlook, loaded.target, said, leaves=config.option.leave)
    config.stash[PROGRESS].announce(said.getvalue().rstrip())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Revoke what the run was given, behind the last test that is tried again."""
    ended = yield
    config = session.config
    issued = config.stash[FOOTPRINT].issued
    if RECORDER in config.stash and SERVER not in config.stash and issued:
        config.stash[CLEARED] = _cleared(config, issued.values())
    return ended


@pytest.hookimpl
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note what the run has left."""
    config = session.config
    if RECORDER not in config.stash:
        return
    footprint = config.stash[FOOTPRINT]
    left = footprint.as_dict()
    if SERVER not in config.stash:
        cleared = config.stash.get(CLEARED, Cleared(left=len(footprint.issued), why="the run was interrupted"))
        left |= {"revoked": cleared.revoked, "left": cleared.left, "why_left": cleared.why if cleared.left else ""}
    config.stash[RECORDER].run.footprint = left


def _cleared(config: pytest.Config, issued: Collection[Issued]) -> Cleared:
    from conformance.preflight import terminal_text

    if config.option.leave:
        return Cleared(left=len(issued), why="--leave")
    progress = config.stash[PROGRESS]
    progress.close()
    cleared = revoke_all(session_of(config), issued)
    said = io.StringIO()
    terminal_text.print_cleared(cleared, said)
    progress.announce(said.getvalue().rstrip())
    return cleared
