"""The only file that knows pytest's hooks: options, fixtures, verdicts, evidence, and the run's end.

Under pytest-xdist the controller starts the target and writes the reports; workers send each test's evidence on its
teardown report.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import traceback
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeGuard

import pytest

from conformance import budgets, bundled, exit_codes, reporting
from conformance.harness import apart, fuzzing, profile, verdicts
from conformance.harness.catalogue import Catalogue, Requirement, load_catalogue
from conformance.harness.collecting import case_of
from conformance.harness.drivers import UnusableDriver, check_driver
from conformance.harness.recovery import recover_all
from conformance.harness.results import Run, TestResult
from conformance.harness.run import RunOptions, RunRecorder, open_session
from conformance.harness.running import Finished, execute, finished, result_of
from conformance.harness.session import Session
from conformance.harness.toml_files import FileFault
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
    group.addoption("--fuzz", choices=budgets.CHOICES, default=budgets.OFF, help=f"fuzz too ({budgets.IN_WORDS})")
    group.addoption("--fuzz-seed", type=int, metavar="N", default=0, help="other examples than those of seed 0")
    group.addoption("--fuzz-random", action="store_true", help="examples of a random seed, which the report names")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Find the target and open the run, before pytest-html asks where its log goes."""
    _show_no_values(config)
    config.addinivalue_line("markers", "requirement(id): the catalogue requirement that the test checks")
    config.addinivalue_line("markers", "needs(*features): features that the test needs beyond its requirement's own")
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker takes, one after the other")
    config.stash[COLLECTED] = {}
    config.stash[FAULTS] = []
    config.stash[UNANSWERED] = ""
    config.stash[CRASHED] = []
    config.stash[CATALOGUE] = load_catalogue()
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        loaded = _load(config, worker.get("bundled_profile"))
        config.stash[PROFILE] = replace(loaded, target=replace(loaded.target, faults=worker["faults"]))
        config.option.fuzz_seed = worker["fuzz_seed"]
        config.stash[UNANSWERED] = worker["unanswered"]
        return
    if config.option.fuzz_random:
        config.option.fuzz_seed = fuzzing.random_seed()
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
    controls: Sequence[Mapping[str, Any]] = ()
    if announced is None:
        config.stash[UNANSWERED] = why_silent(loaded) or ""
        if config.stash[UNANSWERED]:
            print(f"nothing answers at {loaded.target.base_url}: {config.stash[UNANSWERED]}", file=sys.stderr)
        else:
            _check_driver(loaded, _workers(config))
            loaded, controls = (loaded, []) if config.option.unchecked else _tried_out(loaded)
            config.stash[PROFILE] = loaded
    for recovered in recover_all(options.reports, config.stash[CATALOGUE]):
        print(recovered, file=sys.stderr)
    try:
        config.stash[RECORDER] = RunRecorder.open(
            options, loaded, config.stash[CATALOGUE], _workers(config), config.stash[UNANSWERED], controls
        )
    except FileFault as error:
        raise pytest.UsageError(str(error)) from error
    _configure_html(config)


def _options(config: pytest.Config) -> RunOptions:
    option = config.option
    return RunOptions(
        profile=Path(option.profile) if option.profile else None,
        base_url=option.base_url,
        reports=Path(config.invocation_params.dir, option.reports),
        fail_on=option.fail_on,
        baseline=Path(option.baseline) if option.baseline else None,
        only=tuple(option.only),
        narrowed=_narrowed(config),
        variant=option.variant,
        defects=tuple(option.defect),
        fuzz=option.fuzz,
        seed=option.fuzz_seed,
    )


def _narrowed(config: pytest.Config) -> tuple[str, ...]:
    """What pytest was told to leave out, as the command line says it."""
    option = config.option
    named = [] if _takes_every_folder(config.args) else [word for word in config.args if _place(word) is not None]
    deselected = [f"--deselect {word}" for word in option.deselect or ()]
    words = [("-k", option.keyword), ("-m", option.markexpr)]
    return (*named, *deselected, *(f"{flag} {word}" for flag, word in words if word))


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


def _takes_every_folder(words: Sequence[str]) -> bool:
    """Whether pytest's arguments name all folders with tests of the suite."""
    places = [place for word in words if (place := _place(word)) is not None]
    folders = {path.parent for path in HERE.glob("*/test_*.py")}
    return all(any(folder.is_relative_to(place) for place in places) for folder in folders)


def _place(word: str) -> Path | None:
    """What an argument of pytest names in the suite, as a path or as a module; None for what is somewhere else."""
    name = word.partition("::")[0]
    as_module = [HERE.parent.joinpath(*name.split("."))] if name.replace(".", "").isidentifier() else []
    for path in (Path(name).resolve(), *as_module):
        if path.is_relative_to(HERE) or HERE.is_relative_to(path):
            return path
    return None


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
            loaded = profile.parse_profile(announced, "the bundled server's profile")
        else:
            loaded = profile.read_profile(Path(config.option.profile), config.option.base_url)
    except profile.ProfileError as error:
        raise pytest.UsageError(str(error)) from error
    return profile.with_all_probes(loaded) if config.option.all_probes else loaded


def _check_driver(loaded: profile.Profile, workers: int) -> None:
    if workers and loaded.target.sign_in.driver == "manual":
        raise pytest.UsageError('with the sign-in driver "manual" one process asks the person: leave out -n')
    try:
        check_driver(loaded.target)
    except UnusableDriver as error:
        raise pytest.UsageError(str(error)) from error


def _tried_out(loaded: profile.Profile) -> tuple[profile.Profile, list[dict[str, Any]]]:
    """The profile with what its controls disproved, and the controls."""
    from conformance.preflight import telling
    from conformance.preflight.controls import as_dict
    from conformance.preflight.examination import examine

    # A person is asked for what the tests need, not before.
    without_person = replace(loaded.target, sign_in=replace(loaded.target.sign_in, most_approvals=0))
    with contextlib.closing(open_session(replace(loaded, target=without_person))) as session:
        examiner = examine(loaded, session)
        telling.announce(examiner, sys.stderr)
        shown = [as_dict(control, session, with_exchanges=control.state == "fails") for control in examiner.controls]
    return replace(loaded, target=replace(loaded.target, faults=examiner.faults)), shown


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
        worker, workers = about.get("workerid", ""), about.get("workercount", 1)
        asked = fuzzing.fuzzing_of(config.option.fuzz, config.option.fuzz_seed)
        config.stash[SESSION] = session = open_session(
            config.stash[PROFILE], worker, workers, asked, config.stash[UNANSWERED]
        )
        config.add_cleanup(session.close)
    return config.stash[SESSION]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Let the tests run in a process of their own, unless they are spread over several already or are debugged."""
    config = session.config
    if RECORDER not in config.stash or _workers(config) or config.option.usepdb or not apart.is_possible():
        return (yield)
    ours = session_of(config)
    tests = {item.nodeid: partial(_run, item, ours) for item in session.items if is_of_suite(item)}
    config.stash[APART] = process = apart.Apart(tests)
    # The first tests run meanwhile.
    reporting.prepare()
    try:
        return (yield)
    finally:
        process.close()


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
    process = item.config.stash.get(APART, None)
    if process is None:
        ended = _run(item, session)
    else:
        ended = process.finished(item.nodeid)
        session.vault.hear(ended.news)
    for report in _reports(item, ended, session):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _run(item: pytest.Function, session: Session) -> Finished:
    case = case_of(item)
    requirement = item.config.stash[CATALOGUE].by_id[case.requirement]
    return finished(execute(case.function, case.parameters, requirement, case.needs, session))


def _reports(item: pytest.Function, ended: Finished, session: Session) -> tuple[pytest.TestReport, ...]:
    """The reports of one test: of its call, and of the teardown, which carries result and evidence on."""
    requirement = requirement_of(item, item.config.stash[CATALOGUE])
    result = result_of(ended, requirement.id, item.name, session.redactor)
    verdict = verdicts.verdict_of(requirement.level, ended.outcome.word)
    call, teardown = (_report(item, when, result, verdict) for when in ("call", "teardown"))
    call.extras = _html_extras(item.config, result)  # type: ignore[attr-defined]
    teardown.conformance = result.as_dict()  # type: ignore[attr-defined]
    return call, teardown


def _report(
    item: pytest.Function, when: Literal["call", "teardown"], result: TestResult, verdict: str
) -> pytest.TestReport:
    """pytest's nearest words: a verdict that is no failure and not kept is a skip, a warning a failure expected."""
    outcome: Literal["passed", "failed", "skipped"] = "passed"
    longrepr: str | tuple[str, int, str] | None = None
    if when == "call" and verdict in ("failed", "error"):
        outcome, longrepr = "failed", _sentence(result, verdict)
    elif when == "call" and result.outcome != "kept":
        outcome, longrepr = "skipped", (str(item.path), 0, _sentence(result, verdict))
    duration = result.duration if when == "call" else 0.0
    report = pytest.TestReport(item.nodeid, item.location, {}, outcome, longrepr, when, duration=duration)
    report.conformance_verdict = verdict  # type: ignore[attr-defined]
    report.conformance_requirement = result.requirement  # type: ignore[attr-defined]
    if outcome == "skipped" and result.outcome == "broken":
        report.wasxfail = _sentence(result, verdict)
    return report


def _sentence(result: TestResult, verdict: str) -> str:
    if result.outcome == "broken":
        return f"{result.requirement}: expected {result.expected}; observed {result.observed}"
    return result.detail or f"{verdict}: {result.reason}"


def _html_extras(config: pytest.Config, result: TestResult) -> list[Any]:
    """The exchanges that this test was the first to see; evidence that it shares stands at the test that made it."""
    if not _writes_html(config) or not result.evidence:
        return []
    from pytest_html import extras

    from conformance.reporting.text import exchanges_as_text

    return [extras.text(exchanges_as_text(result.evidence), name="exchanges")]


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
