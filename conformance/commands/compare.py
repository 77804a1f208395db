"""`compare`: several runs side by side, what got better and what got worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.commands import UsageFault
from conformance.commands.results_file import read_results, write_report

if TYPE_CHECKING:
    from conformance.commands import Commands

EXIT_CODES = """exit codes of compare:
  0 nothing is worse in a later file than in the first   1 something is   4 bad input"""
MEANING = """The first file is the reference. Worse is a graver verdict, in the order kept, undecided, warned, failed;
or a finding where the reference was not tested."""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    compare = commands.add_parser(
        "compare",
        help="lay the results of several runs side by side",
        description=MEANING,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument("results", type=Path, nargs="+", metavar="RESULTS", help="results.json files or run folders")
    compare.add_argument(
        "-o", dest="output", type=Path, default=Path("comparison.html"), metavar="FILE", help="default: comparison.html"
    )
    compare.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Compare, print what changed, write the page; returns the exit code. Raises UsageFault for bad input."""
    from conformance.reporting.comparison import compare
    from conformance.reporting.comparison_console import print_comparison
    from conformance.reporting.comparison_html import comparison_as_html

    if len(options.results) < 2:
        raise UsageFault("a comparison takes two results or more: oauth2-conformance compare FIRST.json LATER.json")
    comparison = compare([read_results(path) for path in options.results])
    print_comparison(comparison, sys.stdout)
    write_report(comparison_as_html(comparison).encode("utf-8", "backslashreplace"), options.output)
    return exit_codes.FINDINGS if comparison.changed("worse") else exit_codes.OK
