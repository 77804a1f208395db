"""The `oauth2-conformance` command."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from conformance import __version__, exit_codes
from conformance.bundled import Spawned, server_arguments, spawn

BASE_URL_VARIABLE = "OAUTH2_CONFORMANCE_BASE_URL"
PACKAGE = Path(__file__).resolve().parent
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


class _Parser(argparse.ArgumentParser):
    """argparse that leaves with our exit code for wrong usage."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(exit_codes.USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["serve"]:
        return _serve(words[1:])
    own, pytest_arguments = _split(words)
    options = _parser().parse_args(own)
    options.pytest_arguments = pytest_arguments
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`... | head`): nothing left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.OK


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our own words, and those for pytest after `--`."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="oauth2-conformance",
        description="Test an OAuth 2.0 authorization server against RFC 6749, RFC 7009 and RFC 7662.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"oauth2-conformance {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="test a target (default: the bundled reference server)",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("profile", nargs="?", type=Path, metavar="PROFILE.toml", help="the target's profile")
    run.add_argument("--base-url", metavar="URL", help=f"point the profile elsewhere (or {BASE_URL_VARIABLE})")
    run.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR", help="where runs are written")
    run.add_argument("-n", dest="workers", default="0", metavar="WORKERS", help="parallel workers, for slow networks")
    run.add_argument("--fail-on", choices=["must", "should"], default="must", help="the gate's level (default: must)")
    run.add_argument(
        "--only", action="append", default=[], metavar="WHAT", help="a requirement id, a section or a document"
    )
    run.add_argument("--variant", metavar="NAME", help="run the bundled server as this conformant variant")
    run.add_argument("--defect", action="append", default=[], metavar="NAME", help="give the bundled server a defect")
    run.set_defaults(command=_run)

    # Listed here for the help; its arguments are the server's own (see main).
    commands.add_parser("serve", help="the reference server in the foreground", add_help=False)

    requirements = commands.add_parser("requirements", help="the catalogue, with the tests of each requirement")
    requirements.add_argument("--document", help="one document only, such as rfc7009")
    requirements.add_argument("--json", action="store_true", help="machine-readable")
    requirements.set_defaults(command=_requirements)

    for name, what in (("defects", "deliberate breaches"), ("variants", "conformant differences")):
        listing = commands.add_parser(name, help=f"the {what} that the reference server can be given")
        listing.add_argument("--json", action="store_true", help="machine-readable")
        listing.set_defaults(command=_defects if name == "defects" else _variants)
    return parser


# run


def _run(options: argparse.Namespace) -> int:
    """Run the suite through pytest, isolated from the settings of the current folder."""
    base_url = options.base_url or os.environ.get(BASE_URL_VARIABLE)
    if base_url and options.profile is None:
        print(
            "oauth2-conformance: a URL alone says nothing of clients and accounts: name a profile beside it\n"
            "  oauth2-conformance run PROFILE.toml --base-url URL",
            file=sys.stderr,
        )
        return exit_codes.USAGE
    if options.variant or options.defect:
        unknown = _unknown_edits(options.variant, options.defect)
        if unknown:
            print(f"oauth2-conformance: {unknown}", file=sys.stderr)
            return exit_codes.USAGE
    _isolate_environment()
    # The bundled server gets ready while pytest is imported.
    early = [Spawned(spawn(server_arguments(options.variant, options.defect)))] if options.profile is None else []
    try:
        import pytest

        code = int(pytest.main(_pytest_arguments(options, base_url), early))
    finally:
        for spawned in early:
            spawned.process.kill()
    return exit_codes.USAGE if code == pytest.ExitCode.USAGE_ERROR else code


def _unknown_edits(variant: str | None, defects: Sequence[str]) -> str | None:
    """What is wrong with the names of a variant or defects, in words."""
    from reference_server.defects import DEFECTS
    from reference_server.variants import VARIANTS

    if variant is not None and variant not in {known.name for known in VARIANTS}:
        return f"no variant {variant}: `oauth2-conformance variants` lists them"
    unknown = set(defects) - {known.name for known in DEFECTS}
    if unknown:
        return f"no defect {', '.join(sorted(unknown))}: `oauth2-conformance defects` lists them"
    return None


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
        *(word for what in options.only for word in ("--only", what)),
        *(word for name in options.defect for word in ("--defect", name)),
        *(("--variant", options.variant) if options.variant else ()),
        *(("--profile", str(options.profile)) if options.profile else ()),
        *(("--base-url", base_url) if base_url else ()),
    ]
    if options.workers not in ("0", ""):
        words += ["-p", "xdist.plugin", "-n", options.workers, "--dist", "loadgroup"]
    return [*words, *options.pytest_arguments, *_test_folders(options.pytest_arguments)]


def _test_folders(pytest_arguments: Sequence[str]) -> list[str]:
    """The suite's folders, unless the pytest arguments name files themselves."""
    if any(word.partition("::")[0].endswith(".py") for word in pytest_arguments):
        return []
    return [str(path.parent) for path in sorted(PACKAGE.glob("*/__init__.py")) if any(path.parent.glob("test_*.py"))]


# serve, requirements, defects, variants


def _serve(arguments: Sequence[str]) -> int:
    from reference_server import serving

    return serving.main(arguments)


def _requirements(options: argparse.Namespace) -> int:
    from conformance.harness.catalogue import load_catalogue
    from conformance.harness.collecting import tests_by_requirement

    catalogue = load_catalogue()
    if options.document and options.document not in catalogue.documents:
        print(f"oauth2-conformance: no document {options.document}: {', '.join(catalogue.documents)}", file=sys.stderr)
        return exit_codes.USAGE
    tests = tests_by_requirement()
    chosen = [r for r in catalogue.requirements if options.document in (None, r.document)]
    if options.json:
        fields = ("id", "document", "section", "level", "role", "says", "statements", "needs", "untestable", "attest")
        rows = [{**{name: getattr(r, name) for name in fields}, "tests": tests.get(r.id, [])} for r in chosen]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return exit_codes.OK
    for r in chosen:
        print(f"{r.id}  [{r.level}, {r.role}]\n    {r.says}")
        for name in tests.get(r.id, []):
            print(f"    test: {name}")
        if r.untestable:
            print(f"    untestable: {r.untestable}")
        elif r.is_tested and r.id not in tests:
            print("    no test yet")
    return exit_codes.OK


def _defects(options: argparse.Namespace) -> int:
    from reference_server.defects import DEFECTS

    rows = [{"name": d.name, "says": d.says, "breaks": d.breaks, "blocks": d.blocks, "on": d.on} for d in DEFECTS]
    return _list(rows, options.json, ("breaks", "blocks"))


def _variants(options: argparse.Namespace) -> int:
    from reference_server.variants import VARIANTS

    rows = [{"name": v.name, "says": v.says, "changes": dict(v.changes)} for v in VARIANTS]
    return _list(rows, options.json, ("changes",))


def _list(rows: Sequence[Mapping[str, object]], as_json: bool, details: Sequence[str]) -> int:
    if as_json:
        print(json.dumps(rows, indent=1))
        return exit_codes.OK
    for row in rows:
        print(f"{row['name']}\n    {row['says']}")
        for name in details:
            content = row[name]
            if isinstance(content, dict):
                lines = [f"{key}: {value}" for key, value in content.items()]
            else:
                lines = list(content)  # type: ignore[call-overload]
            if lines:
                print(f"    {name}: " + ", ".join(lines))
    return exit_codes.OK


if __name__ == "__main__":
    raise SystemExit(main())
