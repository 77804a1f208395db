"""What a run starts from, read off pytest's configuration: its options, its target, and whether the profile holds.

Whatever is wrong with it ends as pytest's UsageError, with the place and the remedy.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import bundled
from conformance.harness import profile
from conformance.harness.catalogue import Catalogue
from conformance.harness.drivers import UnusableDriver, check_driver
from conformance.harness.run import RunOptions, open_session
from conformance.plugin.collection import SUITE


def options_of(config: pytest.Config) -> RunOptions:
    """What the command line says about the run."""
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


def _takes_every_folder(words: Sequence[str]) -> bool:
    """Whether pytest's arguments name all folders with tests of the suite."""
    places = [place for word in words if (place := _place(word)) is not None]
    folders = {path.parent for path in SUITE.glob("*/test_*.py")}
    return all(any(folder.is_relative_to(place) for place in places) for folder in folders)


def _place(word: str) -> Path | None:
    """What an argument of pytest names in the suite, as a path or as a module; None for what is somewhere else."""
    name = word.partition("::")[0]
    as_module = [SUITE.parent.joinpath(*name.split("."))] if name.replace(".", "").isidentifier() else []
    for path in (Path(name).resolve(), *as_module):
        if path.is_relative_to(SUITE) or SUITE.is_relative_to(path):
            return path
    return None


def check_selectors(options: RunOptions, catalogue: Catalogue) -> None:
    """Raise UsageError for a selector that selects nothing of the catalogue."""
    unknown = [selector for selector in options.only if not catalogue.matching(selector)]
    if unknown:
        raise pytest.UsageError(
            f"--only {', '.join(unknown)}: no such requirement, section (rfc6749-4.1.2) or document "
            f"({', '.join(catalogue.documents)})"
        )


def start_bundled(config: pytest.Config, options: RunOptions) -> bundled.BundledServer:
    """The reference server, once it is ready; it is stopped with pytest. Raises UsageError when it doesn't start."""
    early = next((p for p in config.pluginmanager.get_plugins() if isinstance(p, bundled.Spawned)), None)
    process = early.process if early else bundled.spawn(bundled.server_arguments(options.variant, options.defects))
    try:
        server = bundled.when_ready(process)
    except bundled.ServerDidNotStart as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(server.stop)
    return server


def load_profile(config: pytest.Config, announced: str | None) -> profile.Profile:
    """The profile that the bundled server announced, or that of `--profile`. Raises UsageError."""
    try:
        if announced is not None:
            loaded = profile.parse_profile(announced, "the bundled server's profile")
        else:
            loaded = profile.read_profile(Path(config.option.profile), config.option.base_url)
    except profile.ProfileError as error:
        raise pytest.UsageError(str(error)) from error
    return profile.with_all_probes(loaded) if config.option.all_probes else loaded


def check_sign_in(loaded: profile.Profile, processes: int) -> None:
    """Raise UsageError when the sign-in driver can't be used in this run."""
    if processes > 1 and loaded.target.sign_in.driver == "manual":
        raise pytest.UsageError('with the sign-in driver "manual" one process asks the person: leave out -n')
    try:
        check_driver(loaded.target)
    except UnusableDriver as error:
        raise pytest.UsageError(str(error)) from error


def tried_out(loaded: profile.Profile) -> tuple[profile.Profile, list[dict[str, Any]]]:
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


def processes_of(config: pytest.Config) -> int:
    """How many processes run tests. More than one at a time only where that was asked for, or the server is ours."""
    by_default = min(2, os.cpu_count() or 1) if config.option.profile is None else 1
    return workers_of(config) or config.option.processes or by_default


def workers_of(config: pytest.Config) -> int:
    """How many worker processes pytest-xdist was asked for; 0 for none."""
    count = getattr(config.option, "numprocesses", None)
    return count if isinstance(count, int) else 0
