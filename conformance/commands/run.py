"""`run`: test a target through pytest, isolated from the settings of the current folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import budgets, exit_codes
from conformance.bundled import Finished, Spawned, server_arguments, spawn
from conformance.commands import UsageFault
from conformance.harness import apart

if TYPE_CHECKING:
    from conformance.commands import Commands

BASE_URL_VARIABLE = "OAUTH2_CONFORMANCE_BASE_URL"
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
EXIT_CODES = """exit codes of run:
  0 no finding at the gate   1 a finding at the gate's level   2 interrupted   3 a fault in the suite
  4 bad profile, wrong usage, or nothing answers at the target   5 nothing selected   6 incomplete"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    run = commands.add_parser(
        "run",
        help="test a target (default: the bundled reference server)",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("profile", nargs="?", type=Path, metavar="PROFILE.toml", help="the target's profile")
    run.add_argument("--base-url", metavar="URL", help=f"point the profile elsewhere (or {BASE_URL_VARIABLE})")
    run.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR", help="where runs are written")
    add_processes(run)
    run.add_argument("--unchecked", action="store_true", help="judge without trying the profile out beforehand")
    run.add_argument("--fail-on", choices=["must", "should"], default="must", help="the gate's level (default: must)")
    run.add_argument("--all-probes", action="store_true", help="opt-in probes too: guessing, flooding, waiting")
    run.add_argument("--baseline", type=Path, metavar="FILE", help="known deviations, which open the gate (TOML)")
    run.add_argument(
        "--only", action="append", default=[], metavar="WHAT", help="a requirement id, a section or a document"
    )
    run.add_argument("--variant", metavar="NAME", help="run the bundled server as this conformant variant")
    run.add_argument("--defect", action="append", default=[], metavar="NAME", help="give the bundled server a defect")
    run.add_argument(
        "--fuzz",
        choices=budgets.CHOICES,
        default=budgets.OFF,
        help=f"test with generated input too (default: off; {budgets.IN_WORDS}; making sure of a finding and its "
        f"input small may take up to twice as long again)",
    )
    run.add_argument(
        "--fuzz-seconds",
        type=_seconds,
        metavar="S",
        help="a property's time in place of the budget's: a slow target gets its examples all the same",
    )
    seed = run.add_mutually_exclusive_group()
    seed.add_argument("--fuzz-seed", type=int, default=0, metavar="N", help="other examples than those of seed 0")
    seed.add_argument("--fuzz-random", action="store_true", help="examples of a random seed, which the report names")
    run.set_defaults(command=carry_out)


def add_processes(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how many processes send requests at a time."""
    parser.add_argument(
        *("-n", "--processes"),
        type=_count,
        default=0,
        metavar="N",
        help="processes that send requests at a time (default: 1, to the bundled server 2), or auto: one a core",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def _count(text: str) -> int:
    if text == "auto":
        return os.cpu_count() or 1
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of processes nor auto")
    return int(text)


def carry_out(options: argparse.Namespace, finished: Finished | None = None) -> int:
    """Run the suite; returns the exit code. `finished` learns where the reports are. Raises UsageFault."""
    base_url = options.base_url or os.environ.get(BASE_URL_VARIABLE)
    if base_url and options.profile is None:
        raise UsageFault(
            "a URL alone says nothing of clients and accounts: name a profile beside it\n"
            "  oauth2-conformance run PROFILE.toml --base-url URL"
        )
    if options.variant or options.defect:
        _check_edits(options.variant, options.defect)
    _isolate_environment()
    # The bundled server gets ready while pytest is imported.
    early = [Spawned(spawn(server_arguments(options.variant, options.defect)))] if options.profile is None else []
    try:
        import pytest

        code = int(pytest.main(_pytest_arguments(options, base_url), [*early, *([finished] if finished else [])]))
    finally:
        for spawned in early:
            spawned.process.kill()
    return exit_codes.USAGE if code == pytest.ExitCode.USAGE_ERROR else code


def _check_edits(variant: str | None, defects: Sequence[str]) -> None:
    """Raise UsageFault for a variant or defect that isn't there."""
    from reference_server.defects import DEFECTS
    from reference_server.variants import VARIANTS

    if variant is not None and variant not in {known.name for known in VARIANTS}:
        raise UsageFault(f"no variant {variant}: `oauth2-conformance variants` lists them")
    unknown = set(defects) - {known.name for known in DEFECTS}
    if unknown:
        raise UsageFault(f"no defect {', '.join(sorted(unknown))}: `oauth2-conformance defects` lists them")


def _isolate_environment() -> None:
    """Nothing of the user's own pytest settings takes part, here or in workers."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTHONSAFEPATH"] = "1"


def _pytest_arguments(options: argparse.Namespace, base_url: str | None) -> list[str]:
    words = [
        *("-c", str(PACKAGE / "pytest.ini")),
        *("--rootdir", str(PACKAGE)),
        *("--confcutdir", str(PACKAGE)),
        "--noconftest",
        # Nothing of these is used, and each costs time at every test.
        *(word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")),
        *("-p", "conformance.plugin"),
        *("-p", "pytest_metadata.plugin"),
        *("-p", "pytest_html.plugin"),
        *("-o", f"cache_dir={options.reports.resolve() / '.pytest_cache'}"),
        *("--reports", str(options.reports)),
        *("--fail-on", options.fail_on),
        *(["--unchecked"] if options.unchecked else []),
        *("--fuzz", options.fuzz),
        *(("--fuzz-seconds", str(options.fuzz_seconds)) if options.fuzz_seconds else ()),
        *("--fuzz-seed", str(options.fuzz_seed)),
        *(("--fuzz-random",) if options.fuzz_random else ()),
        *(("--all-probes",) if options.all_probes else ()),
        *(("--baseline", str(options.baseline)) if options.baseline else ()),
        *(word for what in options.only for word in ("--only", what)),
        *(word for name in options.defect for word in ("--defect", name)),
        *(("--variant", options.variant) if options.variant else ()),
        *(("--profile", str(options.profile)) if options.profile else ()),
        *(("--base-url", base_url) if base_url else ()),
    ]
    if options.processes:
        words += _processes(options.processes)
    # The folders come first: an option that takes a value if one follows would take a folder.
    return [*words, *_test_folders(options.pytest_arguments), *options.pytest_arguments]


def _processes(count: int) -> list[str]:
    """The suite's own processes, or pytest-xdist's workers where a process can't be forked."""
    if apart.is_possible():
        return ["--processes", str(count)]
    return ["-p", "xdist.plugin", "-n", str(count), "--max-worker-restart", "0"]


def _test_folders(pytest_arguments: Sequence[str]) -> list[str]:
    """The suite's folders, unless the pytest arguments name files themselves."""
    if any(word.partition("::")[0].endswith(".py") for word in pytest_arguments):
        return []
    return [str(path.parent) for path in sorted(PACKAGE.glob("*/__init__.py")) if any(path.parent.glob("test_*.py"))]
