"""Runs the suite's tests and tells pytest how they ended."""

from __future__ import annotations

import gc
from collections.abc import Generator, Mapping
from functools import partial

import pytest

from conformance import reporting
from conformance.harness import fuzzing
from conformance.harness.session import Session
from conformance.plugin.collection import is_judged_last, is_of_suite, requirement_of
from conformance.plugin.opening import processes_of
from conformance.plugin.pytest_reports import html_extras, location_of, report_of
from conformance.plugin.run_stages import house_of
from conformance.plugin.stashes import (
    APART,
    CATALOGUE,
    FOOTPRINT,
    JUDGES,
    JUDGING,
    PROFILE,
    PROGRESS,
    RECORDER,
    SESSION,
)
from conformance.running import apart
from conformance.running.collecting import case_of
from conformance.running.process_groups import groups_of, groups_to_run
from conformance.running.single_test import Finished, execute, finished_test, result_of
from conformance.running.whole_run import open_session
from conformance.tally import results, verdicts


def pytest_collection_finish() -> None:
    """Collect garbage seldom from here on: evidence stays until the end, and looking through it costs a tenth."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    gc.enable()


def session_of(config: pytest.Config) -> Session:
    """This process's session with the target, opened at the first test."""
    if SESSION not in config.stash:
        asked = fuzzing.fuzzing_of(config.option.fuzz, config.option.fuzz_seed, config.option.fuzz_seconds)
        count, house = processes_of(config), house_of(config)
        config.stash[SESSION] = session = open_session(config.stash[PROFILE], "", count, asked, house)
        config.add_cleanup(session.close)
    return config.stash[SESSION]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Let the tests run in processes of their own, unless they are debugged or that can't be."""
    config = session.config
    if RECORDER not in config.stash or config.option.usepdb or not apart.is_possible():
        return (yield)
    own = {item.nodeid: item for item in session.items if is_of_suite(item)}
    last = {name: item for name, item in own.items() if is_judged_last(item)}
    items = {name: item for name, item in own.items() if name not in last}
    count = processes_of(config)
    logins = count if config.stash[PROFILE].target.driving.command else 0
    count = 1 if logins else count
    groups = groups_to_run(items, count)
    # Results are asked for in the order in which they come.
    others = [item for item in session.items if not is_of_suite(item)]
    session.items[:] = [*others, *(items[name] for group in groups for name in group), *last.values()]
    run = partial(_run_apart, items, session_of(config), logins)
    progress = config.stash[PROGRESS]
    config.stash[APART] = apart.Apart(groups, run, count, progress.waiting, progress.tick)
    if count > 1:
        # They judge what this process has heard by then, so that theirs begin behind all others.
        judge = partial(_run_apart, last, session_of(config), 0)
        config.stash[JUDGING] = lambda: apart.Apart(groups_of(last), judge, count)
    # The first tests run meanwhile.
    reporting.prepare()
    results.prepare(config.stash[CATALOGUE])
    try:
        return (yield)
    finally:
        for processes in (config.stash.get(key, None) for key in (APART, JUDGES)):
            if processes is not None:
                processes.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Run a test of the suite and report how it ended.

    `given`, `send`, `expect` and `target` are made for each test by the harness, as in the matrices. With no fixture to
    set up and take down, pytest's three phases would only cost time: most tests are faster than those.
    """
    if not is_of_suite(item):
        return None
    # Pytest puts them together anew whenever they are asked for.
    hooks, location = item.ihook, location_of(item)
    hooks.pytest_runtest_logstart(nodeid=item.nodeid, location=location)
    session = session_of(item.config)
    processes = _processes_for(item)
    if processes is None and is_judged_last(item):
        ended = _run(item, session)
    elif processes is None:
        progress = item.config.stash.get(PROGRESS, None)
        if progress is not None:
            session.on_wait = partial(progress.waiting, item.nodeid)
        ended = _run(item, session)
    else:
        ended = processes.finished(item.nodeid)
        session.vault.hear(ended.news)
    session.record.take(ended.fresh, ended.returns)
    item.config.stash[FOOTPRINT].add(ended.footprint)
    for report in _reports(item, ended, session):
        hooks.pytest_runtest_logreport(report=report)
    hooks.pytest_runtest_logfinish(nodeid=item.nodeid, location=location)
    return True


def _processes_for(item: pytest.Function) -> apart.Apart | None:
    """The processes that run a test; None where this one does."""
    stash = item.config.stash
    if not is_judged_last(item):
        return stash.get(APART, None)
    if JUDGES not in stash and JUDGING in stash and apart.is_possible():
        stash[JUDGES] = stash[JUDGING]()
    return stash.get(JUDGES, None)


def _run_apart(
    items: Mapping[str, pytest.Function], session: Session, logins: int, process: int, name: str, tell: apart.TellWait
) -> Finished:
    session.worker = "" if process == 1 else f"{process}-"
    session.on_wait = tell
    if logins > 1 and session.player is None:
        from conformance.running.foreseeing import played_ahead

        catalogue = items[name].config.stash[CATALOGUE]
        session.player = played_ahead(map(case_of, items.values()), catalogue, session, logins)
    ended = _run(items[name], session)
    if logins > 1 and name == [*items][-1]:
        # This process ends with its last test, and leaves no client behind.
        session.player.close()
    return ended


def _run(item: pytest.Function, session: Session) -> Finished:
    case = case_of(item)
    requirement = item.config.stash[CATALOGUE].by_id[case.requirement]
    return finished_test(execute(case.function, case.parameters, requirement, case.needs, session))


def _reports(item: pytest.Function, ended: Finished, session: Session) -> tuple[pytest.TestReport, ...]:
    """The reports of one test: of its call, and of the teardown, which carries result and evidence on."""
    requirement = requirement_of(item, item.config.stash[CATALOGUE])
    result = result_of(ended, requirement.id, item.name, session.redactor)
    verdict = verdicts.verdict_of(requirement.level, ended.outcome.word)
    call, teardown = (report_of(item, when, result, verdict) for when in ("call", "teardown"))
    call.extras = html_extras(item.config, result)  # type: ignore[attr-defined]
    teardown.conformance = result.as_dict()  # type: ignore[attr-defined]
    return call, teardown
