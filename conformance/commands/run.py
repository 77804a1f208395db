"""`run`: test a target through pytest, isolated from the settings of the current folder."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.base.commanded import Commanded, Output, Volume
from conformance.base.documents import documents, name_more
from conformance.base.suggesting import did_you_mean, in_any_case
from conformance.bundled import WARM_UP, server_arguments, spawn
from conformance.commands import UsageFault
from conformance.commands.completing import complete
from conformance.options import BASE_URL_VARIABLE, BUNDLED, OPTIONS, PROCESSES, PROFILE, completed_options
from conformance.profile.client_role import CLIENT, SERVER
from conformance.settings import FILE, Settings, SettingsFault, read_settings

if TYPE_CHECKING:
    from conformance.commands import Commands

PACKAGE = Path(__file__).resolve().parent.parent
UNUSED_PLUGINS = (
    "logging",
    "warnings",
    "threadexception",
    "unraisableexception",
    "faulthandler",
    "legacypath",
    "doctest",
)
PLUGINS = ("conformance.plugin", "pytest_metadata.plugin", "pytest_html.plugin")
EXIT_CODES = "exit codes of run:\n" + "\n".join(f"  {code} {words}" for code, words in exit_codes.MEANINGS.items())


def add(commands: Commands) -> None:
    """Add the command's parser."""
    run = commands.add_parser(
        "run",
        help="test a target (default: the bundled reference server)",
        description=f"Flags win over the settings that stand in {FILE} or pyproject.toml of the working folder.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option is PROFILE:
            add_profile(run)
        else:
            group = groups.setdefault(option.group, run.add_argument_group(option.group))
            complete(group.add_argument(*option.flags, **option.keywords()), option)
    run.set_defaults(command=carry_out)


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names the target."""
    complete(parser.add_argument("profile", nargs="?", type=Path, metavar=PROFILE.metavar, help=PROFILE.help), PROFILE)


def carry_out(options: argparse.Namespace) -> int:
    """Run the suite; returns the exit code. Raises UsageFault."""
    settings = settings_here()
    chosen = argparse.Namespace(**completed_options(vars(options), settings.values))
    if settings.source and not chosen.quiet:
        print(f"settings: {settings.source}", file=sys.stderr)
    name_more(chosen.documents)
    if chosen.quiet and chosen.verbose:
        raise UsageFault("--quiet and --verbose exclude each other")
    if chosen.fuzz_random and chosen.fuzz_seed:
        raise UsageFault("--fuzz-random and --fuzz-seed exclude each other")
    chosen.base_url = chosen.base_url or os.environ.get(BASE_URL_VARIABLE)
    chosen.profile = None if str(chosen.profile) == BUNDLED else chosen.profile
    if chosen.base_url and chosen.profile is None:
        raise UsageFault(
            "a URL alone says nothing of clients and accounts: name a profile beside it\n"
            "  oauth2-conformance run PROFILE.toml --base-url URL"
        )
    chosen.variant, chosen.defect = checked_edits(chosen.variant, chosen.defect, chosen.profile, chosen.role)
    if chosen.failed:
        from conformance.commands.last_run import failed_ids

        chosen.only = failed_ids(chosen)
        if not chosen.only:
            print("oauth2-conformance: nothing failed in the last run", file=sys.stderr)
            return exit_codes.NOTHING_SELECTED
    if chosen.list:
        from conformance.commands.planning import list_plan

        if options.pytest_arguments:
            raise UsageFault("--list knows the selection of `run` alone: leave out what stands behind --")
        return list_plan(chosen)
    volume: Volume = "quiet" if chosen.quiet else "verbose" if chosen.verbose else "normal"
    return execute(chosen, options.pytest_arguments, Commanded(Output(volume, chosen.color, chosen.json)))


def settings_here() -> Settings:
    """The settings of the working folder. Raises UsageFault."""
    try:
        return read_settings(Path())
    except SettingsFault as fault:
        raise UsageFault(str(fault)) from fault


def execute(chosen: argparse.Namespace, pytest_arguments: Sequence[str], commanded: Commanded) -> int:
    """Run the suite with every option chosen; returns the exit code, and `commanded` learns where the reports are."""
    _isolate_environment()
    if chosen.profile is None and chosen.role != CLIENT:
        # The bundled server gets ready while pytest is imported.
        # Few tests need all of it: for them it would only be in the way.
        ahead = () if chosen.only else (WARM_UP,)
        commanded.server = spawn((*server_arguments(chosen.variant, chosen.defect), *ahead))
    # What pytest itself says is of use to who speaks to it, and where it fails.
    aside = io.StringIO()
    try:
        import pytest

        with contextlib.redirect_stdout(sys.stdout if pytest_arguments and not chosen.json else aside):
            # By name alone pytest would look for each plugin in all that is installed.
            # Nothing is garbage before the first test: looking for it costs a twentieth of the time until then.
            gc.disable()
            plugins = (import_module(name) for name in PLUGINS)
            code = int(pytest.main(_pytest_words(chosen, pytest_arguments), [commanded, *plugins]))
    finally:
        gc.enable()
        if commanded.server is not None:
            commanded.server.kill()
    if code == exit_codes.FAULT:
        sys.stderr.write(aside.getvalue())
    return exit_codes.USAGE if code == pytest.ExitCode.USAGE_ERROR else code


def checked_edits(
    variant: str | None, defects: Sequence[str], profile: object, role: str = SERVER
) -> tuple[str | None, Sequence[str]]:
    """The variant and defects of the bundled server, or client, by their own names.

    Raises UsageFault for one that isn't there, and where the target is another server, which can't be given any.
    """
    if not variant and not defects:
        return None, ()
    if profile is not None:
        raise UsageFault("--variant and --defect edit the bundled server: leave out the profile, or leave out these")
    known_defects, known_variants = _edits_of(role)
    variants = _by_name("variant", [variant] if variant else [], known_variants)
    return next(iter(variants), None), _by_name("defect", defects, known_defects)


def _edits_of(role: str) -> tuple[list[str], list[str]]:
    """The names of defects and of variants of what is bundled for a role."""
    if role == CLIENT:
        from conformance.bundled.clients import DEFECTS_OF_CLIENT, VARIANTS_OF_CLIENT

        return [each.name for each in DEFECTS_OF_CLIENT], [each.name for each in VARIANTS_OF_CLIENT]
    from conformance.bundled.edits import DEFECTS, VARIANTS

    return [each.name for each in DEFECTS], [each.name for each in VARIANTS]


def _by_name(kind: str, words: Iterable[str], known: Sequence[str]) -> list[str]:
    names = [in_any_case(word, known) for word in words]
    for name in names:
        if name not in known:
            raise UsageFault(f"no {kind} {name} (`oauth2-conformance {kind}s` lists them){did_you_mean(name, known)}")
    return names


def _isolate_environment() -> None:
    """Nothing of the user's own pytest settings takes part, here or in workers."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTHONSAFEPATH"] = "1"


def _pytest_words(chosen: argparse.Namespace, pytest_arguments: Sequence[str]) -> list[str]:
    own = (option for option in OPTIONS if option.of_pytest and option is not PROCESSES)
    words = [
        *("-c", str(PACKAGE / "run.ini")),
        *("--rootdir", str(PACKAGE)),
        *("--confcutdir", str(PACKAGE)),
        "--noconftest",
        # Nothing of these is used, and each costs time at every test.
        *(word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")),
        *(word for name in PLUGINS for word in ("-p", name)),
        *("-o", f"cache_dir={chosen.reports.resolve() / '.pytest_cache'}"),
        *(word for option in own for word in option.words(getattr(chosen, option.key))),
        *(("--processes", str(chosen.processes)) if chosen.processes else ()),
    ]
    # The folders come first: an option that takes a value if one follows would take a folder.
    return [*words, *_test_folders(pytest_arguments), *pytest_arguments]


def _test_folders(pytest_arguments: Sequence[str]) -> list[str]:
    """The suite's folders, unless the pytest arguments name files themselves."""
    if any(word.partition("::")[0].endswith(".py") for word in pytest_arguments):
        return []
    with_tests = (each for each in documents().values() if each.tests or each.tests_of(clients=True))
    return [*(str(each.folder) for each in with_tests), str(PACKAGE / "fuzz")]
