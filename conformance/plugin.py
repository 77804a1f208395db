"""The only file that knows pytest's hooks: options, fixtures, verdicts, evidence, and the run's end.

Under pytest-xdist the controller starts the target and writes the reports; workers send each test's evidence on its
teardown report.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from conformance import bundled, exit_codes
from conformance.harness import profile, verdicts
from conformance.harness.catalogue import Catalogue, Requirement, load_catalogue
from conformance.harness.outcomes import (
    Inconclusive,
    NotApplicable,
    Outcome,
    Untested,
    Violation,
    outcome_of,
)
from conformance.harness.results import Run, TestResult
from conformance.harness.run import RunOptions, RunRecorder, nothing_answers, open_session
from conformance.harness.running import check_applicable, result_of
from conformance.harness.session import Session, Trial
from conformance.reporting.console import Progress

RECORDER = pytest.StashKey[RunRecorder]()
SERVER = pytest.StashKey[bundled.BundledServer]()
PROFILE = pytest.StashKey[profile.Profile]()
CATALOGUE = pytest.StashKey[Catalogue]()
SESSION = pytest.StashKey[Session]()
TRIAL = pytest.StashKey[Trial]()
STARTED = pytest.StashKey[float]()
ENDED = pytest.StashKey[Exception]()
VERDICT = pytest.StashKey[str]()
RESULT = pytest.StashKey[dict[str, Any]]()
COLLECTED = pytest.StashKey[dict[str, list[str]]]()
FAULTS = pytest.StashKey[list[str]]()

HERE = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run, for plain pytest; `oauth2-conformance run` passes them on."""
    group = parser.getgroup("oauth2-conformance")
    group.addoption("--profile", metavar="FILE", help="the target's profile; default: the bundled reference server")
    group.addoption("--base-url", metavar="URL", help="point the profile at another deployment")
    group.addoption("--reports", metavar="DIR", default="reports", help="where runs are written (default: reports)")
    group.addoption("--fail-on", choices=["must", "should"], default="must", help="what the gate takes as a finding")
    group.addoption("--only", metavar="WHAT", action="append", default=[], help="requirement id, section or document")
    group.addoption("--variant", metavar="NAME", help="run the bundled server as this variant")
    group.addoption("--defect", metavar="NAME", action="append", default=[], help="give the bundled server this defect")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Find the target and open the run, before pytest-html asks where its log goes."""
    config.addinivalue_line("markers", "requirement(id): the catalogue requirement that the test checks")
    config.addinivalue_line("markers", "needs(*features): features that the test needs beyond its requirement's own")
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker takes, one after the other")
    config.stash[COLLECTED] = {}
    config.stash[FAULTS] = []
    config.stash[CATALOGUE] = load_catalogue()
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[PROFILE] = _load(config, worker.get("bundled_profile"))
        return
    if config.option.collectonly or getattr(config.option, "help", False) or config.option.markers:
        return
    options = _options(config)
    _check_selectors(options, config.stash[CATALOGUE])
    announced = None
    if options.profile is None:
        if options.base_url is not None:
            raise pytest.UsageError("a URL alone says nothing of clients and accounts: give a --profile beside it")
        server = _start_bundled(config, options)
        config.stash[SERVER] = server
        announced = server.profile
    loaded = _load(config, announced)
    config.stash[PROFILE] = loaded
    if announced is None:
        silence = nothing_answers(loaded)
        if silence is not None:
            raise pytest.UsageError(f"nothing answers at the target {loaded.target.base_url}: {silence}")
    config.stash[RECORDER] = RunRecorder.open(options, loaded, config.stash[CATALOGUE], _workers(config))
    _configure_html(config)


def _options(config: pytest.Config) -> RunOptions:
    option = config.option
    return RunOptions(
        profile=Path(option.profile) if option.profile else None,
        base_url=option.base_url,
        reports=Path(config.invocation_params.dir, option.reports),
        fail_on=option.fail_on,
        only=tuple(option.only),
        variant=option.variant,
        defects=tuple(option.defect),
    )


def _check_selectors(options: RunOptions, catalogue: Catalogue) -> None:
    unknown = [selector for selector in options.only if not catalogue.matching(selector)]
    if unknown:
        raise pytest.UsageError(
            f"--only {', '.join(unknown)}: no such requirement, section (rfc6749-4.1.2) or document "
            f"({', '.join(catalogue.documents)})"
        )


def _start_bundled(config: pytest.Config, options: RunOptions) -> bundled.BundledServer:
    early = next((p for p in config.pluginmanager.get_plugins() if isinstance(p, bundled.Spawned)), None)
    process = early.process if early else bundled.spawn(bundled.server_arguments(options.variant, options.defects))
    try:
        server = bundled.when_ready(process)
    except bundled.ServerDidNotStart as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(server.stop)
    return server


def _load(config: pytest.Config, announced: str | None) -> profile.Profile:
    try:
        if announced is not None:
            return profile.parse_profile(announced, "the bundled server's profile")
        return profile.read_profile(Path(config.option.profile), config.option.base_url)
    except profile.ProfileError as error:
        raise pytest.UsageError(str(error)) from error


def _workers(config: pytest.Config) -> int:
    count = getattr(config.option, "numprocesses", None)
    return count if isinstance(count, int) else 0


def _configure_html(config: pytest.Config) -> None:
    """pytest-html writes its log into the run's folder."""
    if _writes_html(config) and not config.option.htmlpath:
        config.option.htmlpath = str(config.stash[RECORDER].folder / "tests.html")
        config.option.self_contained_html = True


def _writes_html(config: pytest.Config) -> bool:
    """Whether pytest-html is there: under its entry point's name, or under the module's when it was named by -p."""
    return any(config.pluginmanager.hasplugin(name) for name in ("html", "pytest_html.plugin"))


# Workers


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the bundled server's profile to a worker."""
    server = node.config.stash.get(SERVER, None)
    node.workerinput["bundled_profile"] = server.profile if server else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker collected."""
    recorder = node.config.stash.get(RECORDER, None)
    output = getattr(node, "workeroutput", None)
    if recorder is not None and output:
        recorder.run.collected.update(output.get("collected", {}))


# Collection


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test carries one known requirement; `--only` deselects the rest."""
    catalogue = config.stash[CATALOGUE]
    for item in items:
        found = requirement_of(item, catalogue)
        config.stash[COLLECTED].setdefault(found.id, []).append(item.name)
    if not config.option.only:
        return
    wanted = {r.id for selector in config.option.only for r in catalogue.matching(selector)}
    kept = [item for item in items if requirement_of(item, catalogue).id in wanted]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def requirement_of(item: pytest.Item, catalogue: Catalogue) -> Requirement:
    """The requirement that a test is marked with. Raises UsageError for a missing, double or unknown mark."""
    marks = list(item.iter_markers("requirement"))
    if len(marks) != 1:
        raise pytest.UsageError(f"{item.nodeid}: carries {len(marks)} requirement marks, exactly one is due")
    identifier = marks[0].args[0]
    if identifier not in catalogue.by_id:
        raise pytest.UsageError(f"{item.nodeid}: no requirement {identifier} in the catalogue")
    return catalogue.by_id[identifier]


def needs_of(item: pytest.Item) -> tuple[str, ...]:
    """Features that a test needs beyond its requirement's own."""
    return tuple(name for mark in item.iter_markers("needs") for name in mark.args)


# Fixtures


@pytest.fixture(scope="session")
def conformance_session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """This process's session with the target."""
    session = open_session(request.config.stash[PROFILE])
    request.config.stash[SESSION] = session
    yield session
    session.close()


@pytest.fixture
def trial(request: pytest.FixtureRequest, conformance_session: Session) -> Trial:
    """One test's view of the session."""
    opened = Trial(conformance_session)
    request.node.stash[TRIAL] = opened
    return opened


@pytest.fixture
def given(trial: Trial) -> Any:
    """Arranges preconditions."""
    return trial.given


@pytest.fixture
def send(trial: Trial) -> Any:
    """Sends the stimulus."""
    return trial.send


@pytest.fixture
def expect(trial: Trial) -> Any:
    """Finds breaches."""
    return trial.expect


@pytest.fixture
def target(trial: Trial) -> Any:
    """The target under test."""
    return trial.target


# Running and judging


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Ask whether the requirement is applicable before anything is sent, and keep how the test ended.

    The suite's own exceptions become pytest's failure and skip without a traceback: they say it all in a sentence, and
    formatting a traceback takes longer than most tests.
    """
    session = pyfuncitem.config.stash.get(SESSION, None)
    if session is None:
        return (yield)
    requirement = requirement_of(pyfuncitem, pyfuncitem.config.stash[CATALOGUE])
    try:
        check_applicable(requirement, needs_of(pyfuncitem), session)
        return (yield)
    except Violation as error:
        pyfuncitem.stash[ENDED] = error
        if requirement.level in verdicts.BINDING:
            pytest.fail("broken", pytrace=False)
        pytest.skip("broken")
    except (Inconclusive, Untested, NotApplicable) as error:
        pyfuncitem.stash[ENDED] = error
        pytest.skip("undecided")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note when the test began."""
    item.stash[STARTED] = time.perf_counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn how a test ended into the suite's outcome; attach the evidence to the teardown report."""
    report = yield
    ended = call.excinfo.value if call.excinfo is not None else None
    if isinstance(ended, (KeyboardInterrupt, pytest.exit.Exception)):
        return report
    ended = item.stash.get(ENDED, ended) if call.when == "call" else ended
    if call.when == "call" or ended is not None:
        item.stash[RESULT] = _judged(item, report, ended)
    if call.when == "teardown":
        report.conformance = item.stash.get(RESULT, None)  # type: ignore[attr-defined]
        report.conformance_verdict = item.stash.get(VERDICT, "")  # type: ignore[attr-defined]
    return report


def _judged(item: pytest.Item, report: pytest.TestReport, ended: BaseException | None) -> dict[str, Any]:
    requirement = requirement_of(item, item.config.stash[CATALOGUE])
    trial = item.stash.get(TRIAL, None)
    outcome = outcome_of(ended, "; ".join(trial.notes) if trial else "")
    started = item.stash.get(STARTED, time.perf_counter())
    if trial is None:
        result = TestResult(requirement.id, item.name, "error", outcome.reason)
    else:
        result = result_of(trial, requirement.id, item.name, outcome, started, ended)
    verdict = verdicts.verdict_of(requirement.level, outcome.word)
    _tell_pytest(report, result, outcome, verdict)
    report.conformance_verdict = item.stash[VERDICT] = verdict  # type: ignore[attr-defined]
    report.conformance_requirement = requirement.id  # type: ignore[attr-defined]
    report.extras = _html_extras(item.config, result)  # type: ignore[attr-defined]
    return asdict(result)


def _tell_pytest(report: pytest.TestReport, result: TestResult, outcome: Outcome, verdict: str) -> None:
    """pytest's own outcome: warned is an expected failure, undecided is a skip; texts are redacted."""
    text = f"{result.requirement}: expected {result.expected}; observed {result.observed}"
    if verdict == "failed":
        report.outcome, report.longrepr = "failed", text
    elif verdict in ("warned", "noted") and outcome.word == "broken":
        report.outcome, report.wasxfail, report.longrepr = "skipped", text, text
    elif verdict == "error":
        report.outcome, report.longrepr = "failed", result.detail or result.reason
    elif outcome.word != "kept":
        report.outcome = "skipped"
        report.longrepr = (str(report.fspath), 0, f"{verdict}: {result.reason}")
    report.sections = []


def _html_extras(config: pytest.Config, result: TestResult) -> list[Any]:
    if not _writes_html(config) or not result.exchanges:
        return []
    from pytest_html import extras

    from conformance.reporting.text import exchanges_as_text

    return [extras.text(exchanges_as_text(result.exchanges), name="exchanges")]


# The run's end, in the controller


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Progress is shown by requirement documents, not by letters."""
    if isinstance(report, pytest.TestReport) and hasattr(report, "conformance_verdict"):
        return ("xfailed" if hasattr(report, "wasxfail") else report.outcome, "", report.conformance_verdict)
    return None


class _Collector:
    """Receives reports in the controller; registered there alone."""

    def __init__(self, recorder: RunRecorder, progress: Progress, faults: list[str]) -> None:
        self._recorder = recorder
        self._progress = progress
        self._faults = faults

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._faults.append(f"{report.nodeid} can't be collected:\n{report.longreprtext}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        content = getattr(report, "conformance", None)
        if report.when == "teardown" and content is not None:
            known = {**content, "notes": tuple(content["notes"]), "exchanges": tuple(content["exchanges"])}
            self._recorder.add(TestResult(**known))
            requirement = self._recorder.catalogue.by_id[content["requirement"]]
            self._progress.advance(requirement.document, report.conformance_verdict)

    def pytest_sessionfinish(self) -> None:
        self._progress.close()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to receive reports."""
    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        progress = Progress(sys.stderr, None)
        session.config.pluginmanager.register(_Collector(recorder, progress, session.config.stash[FAULTS]))


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
    if recorder is None or exitstatus in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        return
    run: Run = recorder.run
    run.collected.update(collected)
    run.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not _stopped_by_maxfail(session)
    try:
        session.exitstatus = recorder.finish()
    except Exception as error:  # what was gathered is in the journal: say where, and that it is our fault
        config.stash[FAULTS].append(f"the reports could not be written: {type(error).__name__}: {error}")
    if config.stash[FAULTS]:
        session.exitstatus = exit_codes.FAULT


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


# Columns of tests.html


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """A column for the verdict and one for the requirement."""
    cells.insert(1, "<th>Verdict</th>")
    cells.insert(2, "<th>Requirement</th>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: pytest.TestReport, cells: list[str]) -> None:
    """The suite's own verdict beside pytest's outcome."""
    cells.insert(1, f"<td>{getattr(report, 'conformance_verdict', '')}</td>")
    cells.insert(2, f"<td>{getattr(report, 'conformance_requirement', '')}</td>")
