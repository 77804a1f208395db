"""Tries findings again when all tests have ended: in one process, alone, in a session that remembers nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial

import pytest

from conformance.harness import fuzzing
from conformance.harness.session import Session
from conformance.plugin.collection import is_of_suite
from conformance.plugin.run_stages import house_of
from conformance.plugin.stashes import CATALOGUE, FOOTPRINT, PROFILE, PROGRESS, RECORDER
from conformance.reporting.summary import counted
from conformance.running import apart
from conformance.running.collecting import Case, case_of
from conformance.running.single_test import Execution, Finished, execute, finished_test, result_of
from conformance.running.whole_run import open_session
from conformance.tally.confirming import MOST, Attempts, findings_in, seconds_for, why_not_again
from conformance.tally.gathered import TestResult

# RFC 9110 sections 15.6.3 to 15.6.5: the server isn't reached, isn't ready, or is too late.
BY_GATEWAY = (502, 503, 504)
# Names of exchanges and placeholders begin with it: they are of no process that ran tests before.
WORKER = "again-"
SecondTry = Callable[[TestResult], TestResult]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Try findings again behind the last test. What an interruption leaves over says so in the reports."""
    began = time.perf_counter()
    ended = yield
    config = session.config
    if RECORDER in config.stash and not config.option.no_repeats and not session.shouldfail and not session.shouldstop:
        _try_again(session, time.perf_counter() - began)
    return ended


def _try_again(session: pytest.Session, run: float) -> None:
    config = session.config
    recorder, catalogue = config.stash[RECORDER], config.stash[CATALOGUE]
    target = config.stash[PROFILE].target
    levels = {requirement.id: requirement.level for requirement in catalogue.requirements}
    attempts = Attempts(target.limits.failed_authentications)
    to_try: list[TestResult] = []
    claimed = {each.id for each in catalogue.requirements if target.claims.take(each)}
    for finding in findings_in([test for test in recorder.run.tests if test.requirement in claimed], levels):
        why_not = why_not_again(finding.once, target.sign_in.driver)
        if not why_not and len(to_try) == MOST:
            why_not = f"{MOST} others were"
        why_not = why_not or attempts.take(finding.failed_sign_ins)
        if why_not:
            recorder.settle(finding, why_not)
        else:
            to_try.append(finding)
    if not to_try:
        return
    config.stash[PROGRESS].announce(f"trying {counted(len(to_try), 'finding')} again, each alone")
    deadline = time.perf_counter() + seconds_for(run)
    with _second_tries(session, to_try) as second_try:
        for finding in to_try:
            in_time = time.perf_counter() < deadline
            recorder.settle(finding, second_try(finding) if in_time else "the time for that was over")


@contextlib.contextmanager
def _second_tries(session: pytest.Session, findings: Sequence[TestResult]) -> Iterator[SecondTry]:
    """A function that says how a finding's test ends the second time."""
    config = session.config
    cases = _cases(session, findings)
    asked = fuzzing.fuzzing_of(config.option.fuzz, config.option.fuzz_seed, config.option.fuzz_seconds)
    fresh = open_session(config.stash[PROFILE], WORKER.rstrip("-"), 1, asked, house_of(config))
    fresh.worker = WORKER
    costly = frozenset(_name(finding) for finding in findings if finding.failed_sign_ins)
    run = partial(_run, config, cases, costly, fresh)
    names = [_name(finding) for finding in findings]
    progress = config.stash[PROGRESS]
    processes = (
        apart.Apart([names], partial(_run_apart, run, fresh), 1, progress.waiting) if apart.is_possible() else None
    )

    def second_try(finding: TestResult) -> TestResult:
        ended = processes.finished(_name(finding)) if processes else run(_name(finding))
        fresh.vault.hear(ended.news)
        config.stash[FOOTPRINT].add(ended.footprint)
        return result_of(ended, finding.requirement, finding.name, fresh.redactor)

    try:
        yield second_try
    finally:
        if processes:
            processes.close()
        fresh.close()


def _run_apart(
    run: Callable[[str], Finished], session: Session, _process: int, name: str, tell: apart.TellWait
) -> Finished:
    session.on_wait = tell
    return run(name)


def _run(
    config: pytest.Config, cases: Mapping[str, Case], costly: frozenset[str], session: Session, name: str
) -> Finished:
    case = cases[name]
    requirement = config.stash[CATALOGUE].by_id[case.requirement]

    def attempt() -> Execution:
        session.forget()
        return execute(case.function, case.parameters, requirement, case.needs, session)

    # What costs failed sign-ins was counted for one attempt.
    return finished_test(attempt() if name in costly else undisturbed_execution(attempt))


def undisturbed_execution(attempt: Callable[[], Execution]) -> Execution:
    """An attempt that a gateway didn't disturb: where it answered in the server's place, and nothing was kept, another.

    Where the server is never there for this request, neither gets further.
    """
    ended = attempt()
    replies = [exchange.reply for exchange in ended.trial.exchanges if exchange.reply is not None]
    disturbed = any(reply.status in BY_GATEWAY for reply in replies)
    return attempt() if disturbed and ended.outcome.word != "kept" else ended


def _cases(session: pytest.Session, findings: Sequence[TestResult]) -> dict[str, Case]:
    """The tests of findings."""
    wanted = {_name(finding) for finding in findings}
    collected = [case_of(item) for item in session.items if is_of_suite(item)]
    named = {f"{case.requirement}::{case.name}": case for case in collected}
    return {name: case for name, case in named.items() if name in wanted}


def _name(finding: TestResult) -> str:
    return f"{finding.requirement}::{finding.name}"
