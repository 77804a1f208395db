"""The `oauth2-conformance` command: what it takes, and which module of `conformance.commands` carries it out."""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Callable, Sequence

from conformance import __version__, outlets
from conformance.base import exit_codes, files, signals
from conformance.base.documents import DocumentFault
from conformance.commands import (
    Parser,
    UsageFault,
    baseline,
    certify,
    compare,
    completion,
    doctor,
    init,
    listings,
    profile_keys,
    replay,
    report,
    run,
    serving_stage,
    verify,
    version,
)
from conformance.commands.completing import offer

# Each module adds its command's parser, in the order of the help.
COMMANDS = (
    run,
    report,
    compare,
    replay,
    init,
    doctor,
    baseline,
    certify,
    verify,
    listings,
    profile_keys,
    completion,
    version,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    streams = outlets.opened_outlets()
    signals.interrupt_on_end()
    try:
        code = _carried_out(list(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as end:  # argparse, which has said why
        code = end.code if isinstance(end.code, int) else exit_codes.USAGE
    return streams.checked(code)


def _carried_out(words: list[str]) -> int:
    try:
        if words[:1] == ["serve"] and serving_stage.FLAG in words:
            return serving_stage.main(words[1:])
        if words[:1] == ["serve"]:
            from conformance.bundled import serving

            return serving.main(words[1:], "oauth2-conformance serve")
        own, pytest_arguments = _split(words)
        whole = parser()
        offer(whole)
        options = whole.parse_args(own)
        options.pytest_arguments = pytest_arguments
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except (UsageFault, DocumentFault) as error:
        print(f"oauth2-conformance: {error}", file=sys.stderr)
        return exit_codes.USAGE
    except KeyboardInterrupt:
        print("oauth2-conformance: interrupted", file=sys.stderr)
        return exit_codes.INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            print(f"oauth2-conformance: {files.why_unusable(error)}", file=sys.stderr)
            return exit_codes.USAGE
        print(fault_in_words(error), file=sys.stderr)
        return exit_codes.FAULT


def fault_in_words(error: Exception) -> str:
    """A fault of the suite for whoever reports it: where it happened. What its message says may be a secret."""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"oauth2-conformance: a fault in the suite (please report it): {type(error).__name__}\n{places.rstrip()}"


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our own words, and those for pytest after `--`."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = Parser(
        prog="oauth2-conformance",
        description="Test an OAuth 2.0 authorization server against RFC 6749, RFC 7009 and RFC 7662.",
        epilog=run.EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"oauth2-conformance {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for module in COMMANDS:
        module.add(commands)
    # Listed here for the help; its arguments are the server's own (see main).
    commands.add_parser("serve", help="the reference server in the foreground, or a stage", add_help=False)
    return parser


def command() -> int:
    """`main` for a process that ends with it."""
    code = main()
    # Python would look through all evidence of a run for garbage before it lets go of it all: a third of a second.
    gc.freeze()
    return code


if __name__ == "__main__":
    raise SystemExit(command())
