"""What a run starts from, read off pytest's configuration: its options, its target, and whether the profile holds.

Whatever is wrong with it ends as pytest's UsageError, with the place and the remedy.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conformance import bundled
from conformance.base.budgets import OFF
from conformance.base.commanded import Commanded, Output
from conformance.browser.drivers import UnusableDriver, check_driver
from conformance.harness.footprint import Footprint
from conformance.options import BUNDLED, OPTIONS, completed_options
from conformance.plugin.collection import SUITE
from conformance.plugin.stashes import FOOTPRINT, SERVER
from conformance.preflight.controls import Examiner
from conformance.profile import loading
from conformance.profile.client_role import CLIENT
from conformance.reporting.summary import counted
from conformance.reporting.text import document_name
from conformance.running import apart
from conformance.running.whole_run import RunOptions, open_session
from conformance.settings import Settings, SettingsFault, read_settings
from conformance.tally.applicability import ROLES_TESTED, not_applicable
from conformance.tally.catalogue import Catalogue
from conformance.tally.gathered import edited_name


def take_options(config: pytest.Config) -> None:
    """Give every option of the suite a value: as given, else by the settings of the working folder, else its default.

    A run that the suite has started itself knows its settings. Raises UsageError.
    """
    try:
        own = config.inipath == SUITE / "run.ini"
        settings = Settings() if own else read_settings(config.invocation_params.dir)
    except SettingsFault as fault:
        raise pytest.UsageError(str(fault)) from fault
    given = {option.key: getattr(config.option, option.key, None) for option in OPTIONS if option.of_pytest}
    chosen = completed_options(given, settings.values)
    for key in given:
        setattr(config.option, key, chosen[key])
    if str(config.option.profile) == BUNDLED:
        config.option.profile = None


def commanded_of(config: pytest.Config) -> Commanded | None:
    """What the command handed over that has started this run; None under plain pytest."""
    return next((each for each in config.pluginmanager.get_plugins() if isinstance(each, Commanded)), None)


def output_of(config: pytest.Config) -> Output:
    """How this run speaks: as its command was told, or pytest."""
    commanded = commanded_of(config)
    if commanded is not None:
        return commanded.output
    verbosity = config.option.verbose
    return Output(
        "verbose" if verbosity > 0 else "quiet" if verbosity < 0 else "normal",
        {"yes": "always", "no": "never"}.get(config.option.color, "auto"),  # type: ignore[arg-type]
    )


def announcement(loaded: loading.Profile, catalogue: Catalogue, selected: frozenset[str], options: RunOptions) -> str:
    """The first line of a run: its target, and what of it will be tested."""
    target = loaded.target
    asked = [
        requirement
        for requirement in catalogue.requirements
        if requirement.id in selected
        and requirement.role in ROLES_TESTED[target.role]
        and not requirement.untestable
        and not_applicable(requirement, target.features, target.declined, target.role) is None
        and (target.claims.outlook or target.claims.take(requirement))
    ]
    documents = ", ".join(document_name(name) for name in dict.fromkeys(each.document for each in asked))
    fuzzed = "" if options.fuzz == OFF else f", fuzzing ({options.fuzz})"
    insecure = "; its certificate is NOT verified" if target.insecure else ""
    place = ", a client" if target.is_client else f" at {target.base_url}{insecure}"
    return (
        f"Testing {edited_name(target.name, options.variant, options.defects)}{place}: "
        f"{counted(len(asked), 'requirement')} of {documents or 'no document'}{fuzzed}"
    )


def options_of(config: pytest.Config) -> RunOptions:
    """What the command line says about the run."""
    option = config.option
    return RunOptions(
        profile=option.profile,
        base_url=option.base_url,
        reports=Path(config.invocation_params.dir, option.reports),
        fail_on=option.fail_on,
        baseline=option.baseline,
        only=tuple(option.only),
        exclude=tuple(option.exclude),
        narrowed=_narrowed(config),
        variant=option.variant,
        defects=tuple(option.defect),
        fuzz=option.fuzz,
        seed=option.fuzz_seed,
        repeats=not option.no_repeats,
    )


def _narrowed(config: pytest.Config) -> tuple[str, ...]:
    """What pytest was told to leave out, as the command line says it."""
    option = config.option
    named = [] if _takes_every_folder(config.args) else [word for word in config.args if _place(word) is not None]
    deselected = [f"--deselect {word}" for word in option.deselect or ()]
    deselected += [f"--exclude {word}" for word in option.exclude]
    words = [("-k", option.keyword), ("-m", option.markexpr)]
    return (*named, *deselected, *(f"{flag} {word}" for flag, word in words if word))


def _takes_every_folder(words: Sequence[str]) -> bool:
    """Whether pytest's arguments name all folders with tests of the suite."""
    places = [place for word in words if (place := _place(word)) is not None]
    folders = {path.parent for path in SUITE.glob("**/test_*.py")}
    return all(any(folder.is_relative_to(place) for place in places) for folder in folders)


def _place(word: str) -> Path | None:
    """What an argument of pytest names in the suite, as a path or as a module; None for what is somewhere else."""
    name = word.partition("::")[0]
    as_module = [SUITE.parent.joinpath(*name.split("."))] if name.replace(".", "").isidentifier() else []
    for path in (Path(name).resolve(), *as_module):
        if path.is_relative_to(SUITE) or SUITE.is_relative_to(path):
            return path
    return None


def check_selectors(only: Sequence[str], exclude: Sequence[str], catalogue: Catalogue) -> None:
    """Raise UsageError for a selector that selects nothing of the catalogue."""
    for flag, words in (("--only", only), ("--exclude", exclude)):
        for word in words:
            if not catalogue.matching(word):
                raise pytest.UsageError(f"{flag} {word}: {catalogue.why_unknown(word)}")


def bundled_profile(config: pytest.Config, options: RunOptions) -> str:
    """The profile of the bundled target: that of the client, or what the server says once it is ready."""
    if config.option.role != CLIENT:
        server = config.stash[SERVER] = start_bundled(config, options)
        return server.profile
    from conformance.bundled.clients import profile_of_client

    return profile_of_client(options.variant, options.defects)


def start_bundled(config: pytest.Config, options: RunOptions) -> bundled.BundledServer:
    """The reference server, once it is ready; it is stopped with pytest. Raises UsageError when it doesn't start."""
    commanded = commanded_of(config)
    early = commanded.server if commanded else None
    process = early or bundled.spawn(bundled.server_arguments(options.variant, options.defects))
    try:
        server = bundled.when_ready(process)
    except bundled.ServerDidNotStart as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(server.stop)
    return server


def load_profile(config: pytest.Config, announced: str | None) -> loading.Profile:
    """The profile that the bundled server announced, or that of `--profile`. Raises UsageError."""
    try:
        if announced is not None:
            loaded = loading.parse_profile(announced, "the bundled server's profile")
        else:
            loaded = loading.read_profile(config.option.profile, config.option.base_url)
    except loading.ProfileError as error:
        raise pytest.UsageError(str(error)) from error
    if config.option.insecure:
        loaded = loading.unverified_profile(loaded)
    if config.option.outlook:
        loaded = loading.with_outlook(loaded)
    return loading.with_all_probes(loaded) if config.option.all_probes else loaded


def check_answers(loaded: loading.Profile) -> None:
    """Raise UsageError where nothing answers at the target: there is nothing to test."""
    from conformance.preflight.reaching import why_silent

    why = why_silent(loaded)
    if why:
        raise pytest.UsageError(why)


def check_sign_in(loaded: loading.Profile, processes: int) -> None:
    """Raise UsageError when the sign-in driver can't be used in this run."""
    if processes > 1 and loaded.target.sign_in.driver == "manual":
        raise pytest.UsageError('with the sign-in driver "manual" one process asks the person: leave out -n')
    try:
        check_driver(loaded.target)
    except UnusableDriver as error:
        raise pytest.UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class TriedOut:
    """A profile with what its controls disproved, the controls for reports, and what they left at the target."""

    profile: loading.Profile
    shown: list[dict[str, Any]]
    examiner: Examiner
    footprint: Footprint


def tried_out(loaded: loading.Profile) -> TriedOut:
    """Try every control of a profile, and say what is wrong with it."""
    from conformance.preflight import terminal_text
    from conformance.preflight.controls import as_dict
    from conformance.preflight.examination import examine

    # A person is asked for what the tests need, not before.
    without_person = replace(loaded.target, sign_in=replace(loaded.target.sign_in, most_approvals=0))
    with contextlib.closing(open_session(replace(loaded, target=without_person))) as session:
        examiner = examine(loaded, session)
        terminal_text.announce(examiner, sys.stderr)
        shown = [as_dict(control, session, with_exchanges=control.state == "fails") for control in examiner.controls]
        footprint = session.watch.take()
    known = replace(loaded, target=replace(loaded.target, faults=examiner.faults))
    return TriedOut(known, shown, examiner, footprint)


def keep_alone(config: pytest.Config, loaded: loading.Profile) -> None:
    """Have one process run all tests where several would end each other's tokens and sessions; says why."""
    edited = config.option.profile or config.option.variant or config.option.defect
    if processes_of(config) == 1 or not edited:
        return
    from conformance.preflight.side_by_side import why_alone

    with contextlib.closing(open_session(loaded)) as session:
        why = why_alone(session)
        config.stash[FOOTPRINT].add(session.watch.take())
    if why:
        _run_alone(config, why)


def take_turns(config: pytest.Config, loaded: loading.Profile) -> None:
    """Have one process drive a client whose logins all come back at one port."""
    if processes_of(config) > 1 and loaded.target.driving.command and loaded.target.registered.has_one_port:
        _run_alone(config, "the client's redirection URI has one port")


def _run_alone(config: pytest.Config, why: str) -> None:
    print(f"one process runs all tests: {why}", file=sys.stderr)
    config.option.processes = 1


def processes_of(config: pytest.Config) -> int:
    """How many processes run tests. More than one at a time only where that was asked for, or the target is ours.

    Of our client as many are played as there are processors: with one more, each takes longer than that one gains.
    """
    cores = os.cpu_count() or 1
    ours = cores if config.option.role == CLIENT else min(2, cores)
    by_default = ours if config.option.profile is None and apart.FORKS else 1
    return config.option.processes or by_default


def check_processes(config: pytest.Config) -> None:
    """Refuse the workers of pytest-xdist, which would know what their own tests recorded, and do without a fork.

    Raises UsageError.
    """
    if getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(
            "pytest's -n parts what the suite judges together: leave it out, or use `oauth2-conformance run -n`"
        )
    if processes_of(config) > 1 and not apart.FORKS:
        _run_alone(config, f"no process can be forked safely on {sys.platform}")
