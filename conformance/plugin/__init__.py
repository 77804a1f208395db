"""The pytest plugin: this folder is all that knows pytest's hooks. Here are the options and the run's beginning.

Tests run in forked processes (`harness/apart.py`), this one writes the reports. Where that can't be, and under plain
`pytest -n`, the workers of pytest-xdist do the same: they send each test's evidence on its teardown report.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance import budgets
from conformance.harness import fuzzing
from conformance.harness.catalogue import load_catalogue
from conformance.harness.recovery import recover_all
from conformance.harness.run import RunRecorder
from conformance.harness.toml_files import FileFault
from conformance.plugin.discretion import show_no_values
from conformance.plugin.opening import (
    check_selectors,
    check_sign_in,
    load_profile,
    options_of,
    processes_of,
    start_bundled,
    tried_out,
)
from conformance.plugin.stashes import (
    CATALOGUE,
    COLLECTED,
    CRASHED,
    FAULTS,
    PROFILE,
    RECORDER,
    SELECTED,
    SERVER,
    UNANSWERED,
)
from conformance.plugin.telling import writes_html
from conformance.preflight.reaching import why_silent

pytest_plugins = [f"conformance.plugin.{name}" for name in ("workers", "collection", "running", "ending", "html")]


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
    group.addoption("--fuzz-seconds", type=float, metavar="S", help="a property's time, in place of the budget's")
    group.addoption("--fuzz-seed", type=int, metavar="N", default=0, help="other examples than those of seed 0")
    group.addoption("--fuzz-random", action="store_true", help="examples of a random seed, which the report names")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Find the target and open the run, before pytest-html asks where its log goes."""
    show_no_values(config)
    config.addinivalue_line("markers", "requirement(id): the catalogue requirement that the test checks")
    config.addinivalue_line("markers", "needs(*features): features that the test needs beyond its requirement's own")
    config.stash[COLLECTED] = {}
    config.stash[FAULTS] = []
    config.stash[UNANSWERED] = ""
    config.stash[CRASHED] = []
    config.stash[CATALOGUE] = catalogue = load_catalogue()
    asked_for = (catalogue.matching(selector) for selector in config.option.only)
    config.stash[SELECTED] = frozenset(requirement.id for found in asked_for for requirement in found)
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
    check_selectors(options, catalogue)
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
            options, loaded, catalogue, processes_of(config), config.stash[UNANSWERED], controls
        )
    except FileFault as error:
        raise pytest.UsageError(str(error)) from error
    _configure_html(config)


def _configure_html(config: pytest.Config) -> None:
    """pytest-html writes its log into the run's folder."""
    if writes_html(config) and not config.option.htmlpath:
        config.option.htmlpath = str(config.stash[RECORDER].folder / "tests.html")
        config.option.self_contained_html = True
