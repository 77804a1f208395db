"""`report`: any report of a run, made from its `results.json` whenever it is wanted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import exit_codes
from conformance.commands import UsageFault
from conformance.commands.results_file import read_results
from conformance.reporting import FILES

if TYPE_CHECKING:
    from conformance.commands import Commands


def add(commands: Commands) -> None:
    """Add the command's parser."""
    report = commands.add_parser("report", help="make a report from the results of an earlier run")
    report.add_argument("results", type=Path, metavar="RESULTS", help="a results.json, or the folder of a run")
    report.add_argument("--format", choices=list(FILES), default="html", help="what to make (default: html)")
    report.add_argument("-o", dest="output", type=Path, metavar="FILE", help="where to (default: standard output)")
    report.set_defaults(command=make)


def make(options: argparse.Namespace) -> int:
    """Make the report. Raises UsageFault for a file that can't be read, isn't a result, or can't be written."""
    from conformance.reporting import rendered

    write(rendered(read_results(options.results), options.format), options.output)
    return exit_codes.OK


def write(report: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output without one. Raises UsageFault when the file can't be written."""
    if output is None:
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(report)
    except OSError as error:
        raise UsageFault(f"{output}: can't be written: {error.strerror}") from error
    print(output)
