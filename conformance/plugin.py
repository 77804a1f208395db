"""The only file that knows pytest's hooks: options, fixtures, verdicts, evidence, and the run's end.

Tests run in forked processes (`harness/apart.py`), this one writes the reports. Where that can't be, and under plain
`pytest -n`, the workers of pytest-xdist do the same: they send each test's evidence on its teardown report.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from conformance import budgets, bundled, exit_codes, reporting
from conformance.harness import apart, fuzzing, profile, verdicts
from conformance.harness.catalogue import Catalogue, Requirement, load_catalogue
from conformance.harness.collecting import case_of
from conformance.harness.grouping import groups_of
from conformance.harness.recovery import recover_all
from conformance.harness.results import Run, TestResult
from conformance.harness.run import RunRecorder, open_session
from conformance.harness.running import Finished, execute, finished, result_of
from conformance.harness.session import Session
from conformance.harness.toml_files import FileFault
from conformance.in_pytest import html_extras, report_of, writes_html
from conformance.opening import (
    check_selectors,
    check_sign_in,
    load_profile,
    options_of,
    processes_of,
    start_bundled,
    tried_out,
    workers_of,
)
from conformance.preflight.reaching import why_silent
from conformance.reporting.console import Progress

RECORDER = pytest.StashKey[RunRecorder]()
SERVER = pytest.StashKey[bundled.BundledServer]()
PROFILE = pytest.StashKey[profile.Profile]()
CATALOGUE = pytest.StashKey[Catalogue]()
SESSION = pytest.StashKey[Session]()
COLLECTED = pytest.StashKey[dict[str, list[str]]]()
APART = pytest.StashKey[apart.Apart]()
FAULTS = pytest.StashKey[list[str]]()
UNANSWERED = pytest.StashKey[str]()
CRASHED = pytest.StashKey[list[tuple[str, str]]]()

HERE = Path(__file__).resolve().parent
FUZZ = HERE / "fuzz"
# What progress calls those tests.
FUZZING = "fuzzing"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run, for plain pytest; `oauth2-conformance run` passes them on."""
    group = parser.getgroup("oauth2-conformance")
    group.addoption("--profile", metavar="FILE", help="the target's profile; default: the bundled reference server")
    group.addoption("--base-url", metavar="URL", help="point the profile at another deployment")
    group.addoption("--reports", metavar="DIR", default="reports", help="where runs are written (default: reports)")
    group.addoption("--unchecked", action="store_true", help="judge without trying the profile out beforehand")
    group.addoption("--fail-on", choices=["must", "should"], default="must", help="what the gate takes as a finding")
    group.addoption("--all-probes", action="store_true", help="opt-in probes too: guessing, flooding, waiting")
    group.addoption("--baseline", metavar="FILE", help="known deviations, which open the gate (TOML)")
    group.addoption("--only", metavar="WHAT", action="append", default=[], help="requirement id, section or document")
    group.addoption("--variant", metavar="NAME", help="run the bundled server as this variant")
    group.addoption("--defect", metavar="NAME", action="append", default=[], help="give the bundled server this defect")
    group.addoption("--processes", type=int, metavar="N", help="how many run tests (default: 1; bundled server: 2)")
    group.addoption("--fuzz", choices=budgets.CHOICES, default=budgets.OFF, help=f"fuzz too ({budgets.IN_WORDS})")
    group.addoption("--fuzz-seed", type=int, metavar="N", default=0, help="other examples than those of seed 0")
    group.addoption("--fuzz-random", action="store_true", help="examples of a random seed, which the report names")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Find the target and open the run, before pytest-html asks where its log goes."""
    _show_no_values(config)
    config.addinivalue_line("markers", "requirement(id): the catalogue requirement that the test checks")
    config.addinivalue_line("markers", "needs(*features): features that the test needs beyond its requirement's own")
    config.stash[COLLECTED] = {}
    config.stash[FAULTS] = []
    config.stash[UNANSWERED] = ""
    config.stash[CRASHED] = []
    config.stash[CATALOGUE] = load_catalogue()
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        loaded = load_profile(config, worker.get("bundled_profile"))
        config.stash[PROFILE] = replace(loaded, target=replace(loaded.target, faults=worker["faults"]))
        config.option.fuzz_seed = worker["fuzz_seed"]
        config.stash[UNANSWERED] = worker["unanswered"]
        return
    if config.option.fuzz_random:
        config.option.fuzz_seed = fuzzing.random_seed()
    if config.option.collectonly or getattr(config.option, "help", False) or config.option.markers:
        return
    options = options_of(config)
    check_selectors(options, config.stash[CATALOGUE])
    announced = None
    if options.profile is None:
        if options.base_url is not None:
            raise pytest.UsageError("a URL alone says nothing of clients and accounts: give a --profile beside it")
        server = start_bundled(config, options)
        config.stash[SERVER] = server
        announced = server.profile
    loaded = load_profile(config, announced)
    config.stash[PROFILE] = loaded
    controls: Sequence[Mapping[str, Any]] = ()
    if announced is None:
        config.stash[UNANSWERED] = why_silent(loaded) or ""
        if config.stash[UNANSWERED]:
            print(f"nothing answers at {loaded.target.base_url}: {config.stash[UNANSWERED]}", file=sys.stderr)
        else:
            check_sign_in(loaded, processes_of(config))
            loaded, controls = (loaded, []) if config.option.unchecked else tried_out(loaded)
            config.stash[PROFILE] = loaded
    for recovered in recover_all(options.reports, config.stash[CATALOGUE]):
        print(recovered, file=sys.stderr)
    try:
        config.stash[RECORDER] = RunRecorder.open(
            options, loaded, config.stash[CATALOGUE], processes_of(config), config.stash[UNANSWERED], controls
        )
    except FileFault as error:
        raise pytest.UsageError(str(error)) from error
    _configure_html(config)


def _show_no_values(config: pytest.Config) -> None:
    """Keep pytest's own tracebacks to lines of source, and its trace of hooks (`--debug`) silent.

    Arguments, local variables and exceptions hold secrets as they are.
    """
    config.trace.root.setwriter(None)
    config.option.fulltrace = False
    config.option.showlocals = False
    config.pluginmanager.register(_Redacting(config))


class _Redacting:
    """Takes the secrets out of what pytest says about a fault of its plugins."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        session = self._config.stash.get(SESSION, None)
        # An exception that came of another has a chain of both.
        traces = [trace for trace, _, _ in getattr(excrepr, "chain", ())] or [excrepr.reprtraceback]
        for entry in (entry for trace in traces for entry in trace.reprentries):
            if session is not None:
                entry.lines[:] = [session.redactor.text(line) for line in entry.lines]
            else:
                # Nobody knows yet what is secret: the message stays away.
                entry.lines[:] = [*traceback.format_tb(excinfo.tb), excinfo.typename]


def _configure_html(config: pytest.Config) -> None:
    """pytest-html writes its log into the run's folder."""
    if writes_html(config) and not config.option.htmlpath:
        config.option.htmlpath = str(config.stash[RECORDER].folder / "tests.html")
        config.option.self_contained_html = True


# Workers


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of a group to one worker."""
    from conformance.spreading import INSTEAD_OF, Spreading

    return Spreading(config, log) if config.getoption("dist") in INSTEAD_OF else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the bundled server's profile and the seed to a worker."""
    server = node.config.stash.get(SERVER, None)
    node.workerinput["bundled_profile"] = server.profile if server else None
    node.workerinput["faults"] = dict(node.config.stash[PROFILE].target.faults)
    node.workerinput["fuzz_seed"] = node.config.option.fuzz_seed
    node.workerinput["unanswered"] = node.config.stash[UNANSWERED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker collected."""
    recorder = node.config.stash.get(RECORDER, None)
    output = getattr(node, "workeroutput", None)
    if recorder is not None and output:
        recorder.run.collected.update(output.get("collected", {}))


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: Any) -> None:
    """Remember the test that a worker died of: xdist goes on in a new one."""
    sched.config.stash[CRASHED].append((crashitem.rpartition("::")[2].partition("@")[0], report.longreprtext))


# Collection


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests that fuzz are collected on demand only: until then what they judge rests on the directed tests."""
    # The files too: a folder named on the command line is never ignored.
    fuzzes = FUZZ in (collection_path, *collection_path.parents)
    return True if fuzzes and config.option.fuzz == budgets.OFF else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test of the suite carries one known requirement; `--only` deselects the rest. Others' tests stay theirs."""
    catalogue = config.stash[CATALOGUE]
    of_suite = [item for item in items if is_of_suite(item)]
    for item in of_suite:
        found = requirement_of(item, catalogue)
        config.stash[COLLECTED].setdefault(found.id, []).append(item.name)
    if not config.option.only:
        return
    wanted = {r.id for selector in config.option.only for r in catalogue.matching(selector)}
    left_out = {item for item in of_suite if requirement_of(item, catalogue).id not in wanted}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def is_of_suite(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Whether a test is ours, and not one of a project that runs the suite beside its own tests."""
    return isinstance(item, pytest.Function) and item.path.is_relative_to(HERE)


def requirement_of(item: pytest.Item, catalogue: Catalogue) -> Requirement:
    """The requirement that a test is marked with. Raises UsageError for a missing, double or unknown mark."""
    marks = list(item.iter_markers("requirement"))
    if len(marks) != 1:
        raise pytest.UsageError(f"{item.nodeid}: carries {len(marks)} requirement marks, exactly one is due")
    identifier = marks[0].args[0]
    if identifier not in catalogue.by_id:
        raise pytest.UsageError(f"{item.nodeid}: no requirement {identifier} in the catalogue")
    return catalogue.by_id[identifier]


# Running and judging


def pytest_collection_finish() -> None:
    """Collect garbage seldom from here on: evidence stays until the end, and looking through it costs a tenth."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def session_of(config: pytest.Config) -> Session:
    """This process's session with the target, opened at the first test."""
    if SESSION not in config.stash:
        about = getattr(config, "workerinput", {})
        worker, workers = about.get("workerid", ""), about.get("workercount", processes_of(config))
        asked = fuzzing.fuzzing_of(config.option.fuzz, config.option.fuzz_seed)
        config.stash[SESSION] = session = open_session(
            config.stash[PROFILE], worker, workers, asked, config.stash[UNANSWERED]
        )
        config.add_cleanup(session.close)
    return config.stash[SESSION]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Let the tests run in processes of their own, unless they are spread over several already or are debugged."""
    config = session.config
    if RECORDER not in config.stash or workers_of(config) or config.option.usepdb or not apart.is_possible():
        return (yield)
    items = {item.nodeid: item for item in session.items if is_of_suite(item)}
    run = partial(_run_apart, items, session_of(config))
    config.stash[APART] = processes = apart.Apart(groups_of(items), run, processes_of(config))
    # The first tests run meanwhile.
    reporting.prepare()
    try:
        return (yield)
    finally:
        processes.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Run a test of the suite and report how it ended.

    `given`, `send`, `expect` and `target` are made for each test by the harness, as in the matrices. With no fixture to
    set up and take down, pytest's three phases would only cost time: most tests are faster than those.
    """
    if not is_of_suite(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    session = session_of(item.config)
    processes = item.config.stash.get(APART, None)
    if processes is None:
        ended = _run(item, session)
    else:
        ended = processes.finished(item.nodeid)
        session.vault.hear(ended.news)
    for report in _reports(item, ended, session):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _run_apart(items: Mapping[str, pytest.Function], session: Session, process: int, name: str) -> Finished:
    session.worker = "" if process == 1 else f"{process}-"
    return _run(items[name], session)


def _run(item: pytest.Function, session: Session) -> Finished:
    case = case_of(item)
    requirement = item.config.stash[CATALOGUE].by_id[case.requirement]
    return finished(execute(case.function, case.parameters, requirement, case.needs, session))


def _reports(item: pytest.Function, ended: Finished, session: Session) -> tuple[pytest.TestReport, ...]:
    """The reports of one test: of its call, and of the teardown, which carries result and evidence on."""
    requirement = requirement_of(item, item.config.stash[CATALOGUE])
    result = result_of(ended, requirement.id, item.name, session.redactor)
    verdict = verdicts.verdict_of(requirement.level, ended.outcome.word)
    call, teardown = (report_of(item, when, result, verdict) for when in ("call", "teardown"))
    call.extras = html_extras(item.config, result)  # type: ignore[attr-defined]
    teardown.conformance = result.as_dict()  # type: ignore[attr-defined]
    return call, teardown


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


# Columns of tests.html, and what it comes from


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_summary(prefix: list[str], session: pytest.Session) -> None:
    """Where the log comes from, as in every other report."""
    from markupsafe import escape

    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        prefix += [f"<p>{escape(line)}</p>" for line in recorder.run.header.in_words()]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """A column for the verdict and one for the requirement."""
    cells.insert(1, "<th>Verdict</th>")
    cells.insert(2, "<th>Requirement</th>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: pytest.TestReport, cells: list[str]) -> None:
    """The suite's own verdict beside pytest's outcome; no row for the teardown, which only carries evidence on."""
    if report.when == "teardown":
        cells.clear()
        return
    cells.insert(1, f"<td>{getattr(report, 'conformance_verdict', '')}</td>")
    cells.insert(2, f"<td>{getattr(report, 'conformance_requirement', '')}</td>")
