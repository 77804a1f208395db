"""Gathers what comes of the tests, shows progress, and ends the run: reports, summary, exit code."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.base import exit_codes, files
from conformance.harness import fuzzing
from conformance.plugin.collection import FUZZ, is_of_suite
from conformance.plugin.opening import commanded_of, output_of, processes_of
from conformance.plugin.stashes import COLLECTED, FAULTS, PROGRESS, RECORDER, SERVER
from conformance.reporting.console import print_summary
from conformance.reporting.gate import gate_sentence
from conformance.reporting.machine import summary_as_json
from conformance.reporting.progress import Ended, Progress
from conformance.reporting.summary import counted
from conformance.reporting.text import clause_name, visible
from conformance.running.whole_run import RunRecorder
from conformance.tally.gathered import Run, TestResult

# Kinds of tests, for progress, and how long one of the first takes about.
DIRECTED, FUZZING = "directed", "fuzzing"
SECONDS_OF_A_TEST = 0.02


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Progress is shown by requirement documents, not by letters."""
    if isinstance(report, pytest.TestReport) and hasattr(report, "conformance_verdict"):
        if report.when == "teardown":
            return "", "", ""
        return ("xfailed" if hasattr(report, "wasxfail") else report.outcome, "", report.conformance_verdict)
    return None


class _Collector:
    """Receives reports in the controller; registered there alone."""

    def __init__(self, recorder: RunRecorder, progress: Progress, faults: list[str]) -> None:
        self.others_failed = False
        self._recorder = recorder
        self._progress = progress
        self._faults = faults

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._faults.append(f"{report.nodeid} can't be collected:\n{report.longreprtext}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        own = Counter(_kind(item.nodeid) for item in session.items if is_of_suite(item))
        budget = fuzzing.fuzzing_of(session.config.option.fuzz, 0, session.config.option.fuzz_seconds)
        processes = processes_of(session.config)
        # Most properties end before their time.
        each = {DIRECTED: SECONDS_OF_A_TEST, FUZZING: budget.budget.seconds / 2 if budget else 0.0}
        self._progress.begin(own, {kind: seconds / processes for kind, seconds in each.items()})

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if _kind(nodeid) == FUZZING:
            self._progress.begun(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        content = getattr(report, "conformance", None)
        of_the_suite = hasattr(report, "conformance_verdict") or report.when not in ("setup", "call", "teardown")
        if content is None and report.failed and not of_the_suite:
            self.others_failed = True
        if report.when == "teardown" and content is not None:
            self._recorder.add(TestResult.of_dict(content))
            requirement = self._recorder.catalogue.by_id[content["requirement"]]
            section = clause_name(requirement.document, requirement.section)
            self._progress.advance(
                Ended(report.nodeid, _kind(report.nodeid), section, requirement.id, report.conformance_verdict)
            )

    def pytest_sessionfinish(self) -> None:
        self._progress.close()


def _kind(nodeid: str) -> str:
    """Whether a test is directed, or draws its input, which takes a while each time."""
    return FUZZING if _fuzzes(nodeid.partition("::")[0]) else DIRECTED


# It is asked several times for every test.
@cache
def _fuzzes(file: str) -> bool:
    return FUZZ.name in Path(file).parts


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to receive reports."""
    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        progress = session.config.stash[PROGRESS]
        session.config.pluginmanager.register(_Collector(recorder, progress, session.config.stash[FAULTS]))


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Leave out what pytest can't show of where it was interrupted: it would break, and the run be taken for whole."""
    excinfo.traceback = excinfo.traceback.filter(_stands_on_a_line)


def _stands_on_a_line(entry: Any) -> bool:
    """CPython knows no line for some instructions; pytest reckons with one."""
    try:
        return isinstance(entry.lineno, int)
    except TypeError:
        return False


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    """Write the reports."""
    conclude(session, exitstatus)


def conclude(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    """The same, where that hasn't been done yet. `close` waits for the page: pytest-html writes its log meanwhile."""
    config = session.config
    collected: dict[str, list[str]] = config.stash[COLLECTED]
    recorder = config.stash.get(RECORDER, None)
    if recorder is not None and exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        print(f"What was gathered: oauth2-conformance report {recorder.folder}", file=sys.stderr)
    if (
        recorder is None
        or recorder.content
        or exitstatus in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
    ):
        return
    if SERVER in config.stash:
        # It takes a moment to end, in which the reports are written.
        config.stash[SERVER].dismiss()
    run: Run = recorder.run
    run.collected.update(collected)
    run.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not _stopped_by_maxfail(session)
    with _telling_faults(session):
        recorder.write()


def close(session: pytest.Session) -> None:
    """See that every report is written; the gate decides the exit code."""
    config = session.config
    recorder = config.stash.get(RECORDER, None)
    if recorder is None or not recorder.content:
        return
    with _telling_faults(session):
        session.exitstatus = recorder.finish() or _of_others(config)
        commanded = commanded_of(config)
        if commanded is not None:
            commanded.folder = recorder.folder


@contextlib.contextmanager
def _telling_faults(session: pytest.Session) -> Iterator[None]:
    """What was gathered is in the journal: say where, and that it is our fault."""
    faults = session.config.stash[FAULTS]
    try:
        yield
    except Exception as error:
        faults.append(f"the reports could not be written: {type(error).__name__}: {error}")
    if faults:
        session.exitstatus = exit_codes.FAULT


def _of_others(config: pytest.Config) -> int:
    """What a project's own tests, run beside the suite's, say to a pipeline when the suite's gate is open."""
    collectors = (each for each in config.pluginmanager.get_plugins() if isinstance(each, _Collector))
    return exit_codes.FINDINGS if any(each.others_failed for each in collectors) else exit_codes.OK


def _stopped_by_maxfail(session: pytest.Session) -> bool:
    return isinstance(session.shouldfail, str)


def tell(session: pytest.Session) -> None:
    """The console summary of the run, what went wrong with its reports, and last what decided the exit code."""
    config = session.config
    recorder = config.stash.get(RECORDER, None)
    if recorder is None:
        return
    output = output_of(config)
    gate = gate_sentence(recorder.content, int(session.exitstatus), _why_otherwise(config, recorder))
    if recorder.content and output.json:
        output.stream.write(summary_as_json(recorder.content, recorder.folder, int(session.exitstatus), gate))
    elif recorder.content:
        print_summary(recorder.content, recorder.folder, output.stream, output.volume, output.color)
    output.stream.flush()
    for error in recorder.faults:
        print(f"oauth2-conformance: {files.why_unusable(error, 'written')}", file=sys.stderr)
    for fault in config.stash[FAULTS]:
        print(f"oauth2-conformance: a fault in the suite: {fault}", file=sys.stderr)
    if recorder.content and not output.json:
        print(visible(gate), file=output.stream)


def _why_otherwise(config: pytest.Config, recorder: RunRecorder) -> list[str]:
    """What closes the gate whatever the results say."""
    if config.stash[FAULTS]:
        return ["a fault in the suite"]
    if recorder.faults:
        return [f"{counted(len(recorder.faults), 'file')} could not be written"]
    return ["tests of the project's own failed"] if _of_others(config) and not recorder.content["gate"] else []
