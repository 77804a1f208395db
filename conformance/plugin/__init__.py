"""The pytest plugin: this folder is all that knows pytest's hooks. Here are the options and the run's beginning.

Tests run in forked processes (`running/apart.py`), this one writes the reports. Where no process can be forked, this
one runs the tests too.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from importlib import import_module
from typing import Any

import pytest

from conformance.base import exit_codes, files, signals
from conformance.base.documents import name_more
from conformance.base.toml_files import FileFault
from conformance.harness import fuzzing
from conformance.harness.footprint import Footprint
from conformance.options import OPTIONS
from conformance.plugin.discretion import show_no_values
from conformance.plugin.ending import close, conclude, tell
from conformance.plugin.opening import (
    announcement,
    bundled_profile,
    check_answers,
    check_processes,
    check_selectors,
    check_sign_in,
    keep_alone,
    load_profile,
    options_of,
    output_of,
    processes_of,
    take_options,
    take_turns,
    tried_out,
)
from conformance.plugin.pytest_reports import writes_html
from conformance.plugin.run_stages import prepare_stages
from conformance.plugin.stashes import (
    CATALOGUE,
    COLLECTED,
    EXAMINED,
    FAULTS,
    FOOTPRINT,
    PROFILE,
    PROGRESS,
    RECORDER,
    SELECTED,
)
from conformance.reporting.progress import Progress
from conformance.running.recovery import recover_all
from conformance.running.whole_run import RunRecorder
from conformance.tally.catalogue import Catalogue, load_catalogue

PARTS = ("collection", "run_loop", "repeating", "leaving", "ending", "html")


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """The parts of this plugin follow it. As `pytest_plugins` each would be looked for in all that is installed."""
    if plugin is sys.modules[__name__]:
        for name in PARTS:
            manager.register(import_module(f"{__name__}.{name}"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run, for plain pytest; `oauth2-conformance run` passes them on."""
    group = parser.getgroup("oauth2-conformance")
    for option in OPTIONS:
        if option.of_pytest:
            group.addoption(f"--{option.name}", **option.keywords())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Find the target and open the run, before pytest-html asks where its log goes."""
    try:
        _configure(config)
    except pytest.UsageError as error:
        # Told here, with the prefix of all our messages; pytest has one of its own.
        print("oauth2-conformance:", *error.args, file=sys.stderr)
        raise pytest.UsageError from error


def _configure(config: pytest.Config) -> None:
    show_no_values(config)
    take_options(config)
    name_more(config.option.documents)
    config.addinivalue_line("markers", "requirement(id): the catalogue requirement that the test checks")
    config.addinivalue_line("markers", "needs(*features): features that the test needs beyond its requirement's own")
    config.stash[COLLECTED] = {}
    config.stash[FAULTS] = []
    config.stash[FOOTPRINT] = Footprint()
    config.stash[CATALOGUE] = catalogue = _catalogue()
    config.stash[SELECTED] = catalogue.selected(config.option.only, config.option.exclude)
    check_processes(config)
    signals.interrupt_on_end()
    if config.option.fuzz_random:
        config.option.fuzz_seed = fuzzing.random_seed()
    config.stash[PROGRESS] = progress = Progress(sys.stderr, output_of(config).volume)
    if config.option.collectonly or getattr(config.option, "help", False) or config.option.markers:
        return
    options = options_of(config)
    check_selectors(options.only, options.exclude, catalogue)
    announced = None
    if options.profile is None:
        if options.base_url is not None:
            raise pytest.UsageError("a URL alone says nothing of clients and accounts: give a --profile beside it")
        announced = bundled_profile(config, options)
    elif options.variant or options.defects:
        raise pytest.UsageError("--variant and --defect edit the bundled server: leave out the profile, or these")
    loaded = load_profile(config, announced)
    config.stash[PROFILE] = loaded
    config.option.role = loaded.target.role
    prepare_stages(config)
    progress.announce(announcement(loaded, catalogue, config.stash[SELECTED], options))
    controls: Sequence[Mapping[str, Any]] = ()
    if announced is None and not loaded.target.is_client:
        check_answers(loaded)
        check_sign_in(loaded, processes_of(config))
        if not config.option.unchecked:
            tried = tried_out(loaded)
            loaded, controls = tried.profile, tried.shown
            config.stash[EXAMINED] = tried.examiner
            config.stash[FOOTPRINT].add(tried.footprint)
        config.stash[PROFILE] = loaded
    if loaded.target.is_client:
        take_turns(config, loaded)
    else:
        keep_alone(config, loaded)
    try:
        for recovered in recover_all(options.reports, config.stash[CATALOGUE]):
            print(recovered, file=sys.stderr)
        config.stash[RECORDER] = RunRecorder.open(options, loaded, catalogue, processes_of(config), controls)
    except FileFault as error:
        raise pytest.UsageError(str(error)) from error
    except OSError as error:
        raise pytest.UsageError(files.why_unusable(error, "written")) from error
    _configure_html(config)


def _catalogue() -> Catalogue:
    try:
        return load_catalogue()
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> Generator[None]:
    """A run that is over writes its reports, whatever asks it to end meanwhile, or can't be written."""
    recorder = session.config.stash.get(RECORDER, None)
    with signals.signals_ignored():
        try:
            yield
        except OSError as error:
            if recorder is None:
                raise
            # pytest-html writes as part of pytest's own end.
            error.filename = session.config.option.htmlpath
            conclude(session, exitstatus)
            close(session)
            recorder.faults.append(error)
            session.exitstatus = exit_codes.USAGE
        else:
            close(session)
        # Last of all: that is where eyes are when a run ends.
        tell(session)


def _configure_html(config: pytest.Config) -> None:
    """pytest-html writes its log into the run's folder."""
    if writes_html(config) and not config.option.htmlpath:
        config.option.htmlpath = str(config.stash[RECORDER].folder / "tests.html")
        config.option.self_contained_html = True
