"""Gathers what comes of the tests, shows progress, and ends the run: reports, summary, exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import bundled, exit_codes
from conformance.harness.results import Run, TestResult
from conformance.harness.run import RunRecorder
from conformance.plugin.collection import FUZZ
from conformance.plugin.stashes import COLLECTED, CRASHED, FAULTS, RECORDER, SERVER
from conformance.reporting.console import Progress

# What progress calls tests that draw their input.
FUZZING = "fuzzing"


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

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if _fuzzes(nodeid):
            self._progress.begin(nodeid.rpartition("::")[2])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        content = getattr(report, "conformance", None)
        of_the_suite = hasattr(report, "conformance_verdict") or report.when not in ("setup", "call", "teardown")
        if content is None and report.failed and not of_the_suite:
            self.others_failed = True
        if report.when == "teardown" and content is not None:
            self._recorder.add(TestResult.of_dict(content))
            requirement = self._recorder.catalogue.by_id[content["requirement"]]
            part = FUZZING if _fuzzes(report.nodeid) else requirement.document
            self._progress.advance(part, report.conformance_verdict)

    def pytest_sessionfinish(self) -> None:
        self._progress.close()


def _fuzzes(nodeid: str) -> bool:
    """Whether a test draws its input: those take a while each, and belong to many documents."""
    return FUZZ.name in Path(nodeid.partition("::")[0]).parts


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to receive reports."""
    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        progress = Progress(sys.stderr, None)
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
    """Write the reports; the gate decides the exit code."""
    config = session.config
    collected: dict[str, list[str]] = config.stash[COLLECTED]
    worker_output = getattr(config, "workeroutput", None)
    if worker_output is not None:
        worker_output["collected"] = collected
        return
    recorder = config.stash.get(RECORDER, None)
    if recorder is not None and exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        print(f"What was gathered: oauth2-conformance report {recorder.folder}", file=sys.stderr)
    if recorder is None or exitstatus in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        return
    if SERVER in config.stash:
        # It takes a moment to end, in which the reports are written.
        config.stash[SERVER].dismiss()
    run: Run = recorder.run
    run.collected.update(collected)
    for name, how in config.stash[CRASHED]:
        recorder.add_crashed(name, how)
    run.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not _stopped_by_maxfail(session)
    try:
        session.exitstatus = recorder.finish() or _of_others(config)
        for plugin in config.pluginmanager.get_plugins():
            if isinstance(plugin, bundled.Finished):
                plugin.folder = recorder.folder
    except Exception as error:  # what was gathered is in the journal: say where, and that it is our fault
        config.stash[FAULTS].append(f"the reports could not be written: {type(error).__name__}: {error}")
    if config.stash[FAULTS]:
        session.exitstatus = exit_codes.FAULT


def _of_others(config: pytest.Config) -> int:
    """What a project's own tests, run beside the suite's, say to a pipeline when the suite's gate is open."""
    collectors = (each for each in config.pluginmanager.get_plugins() if isinstance(each, _Collector))
    return exit_codes.FINDINGS if any(each.others_failed for each in collectors) else exit_codes.OK


def _stopped_by_maxfail(session: pytest.Session) -> bool:
    return isinstance(session.shouldfail, str)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The console summary of the run."""
    recorder = config.stash.get(RECORDER, None)
    if recorder is None:
        return
    if recorder.content:
        recorder.summarize()
    for fault in config.stash[FAULTS]:
        terminalreporter.write_line(f"A fault in the suite: {fault}")
