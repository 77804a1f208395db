"""`report`: any report of a run, made from its `results.json` whenever it is wanted."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.commands.results_file import read_results, write_report
from conformance.reporting import FILES

if TYPE_CHECKING:
    from conformance.commands import Commands


def add(commands: Commands) -> None:
    """Add the command's parser."""
    report = commands.add_parser("report", help="make a report from the results of an earlier run")
    report.add_argument("results", type=Path, metavar="RESULTS", help="a results.json, or the folder of a run")
    report.add_argument("--format", choices=list(FILES), default="html", help="what to make (default: html)")
    report.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE",
        help="where to (default: the folder that was named; for a file: standard output)",
    )
    report.set_defaults(command=make)


def make(options: argparse.Namespace) -> int:
    """Make the report. Raises UsageFault for a file that can't be read, isn't a result, or can't be written."""
    from conformance.reporting import rendered

    own = options.results / FILES[options.format] if options.results.is_dir() else None
    write_report(rendered(read_results(options.results), options.format), options.output or own)
    return exit_codes.OK
