"""`version`: what this is, for whoever compares two results or reports a fault."""

from __future__ import annotations

import argparse
import platform
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.base import exit_codes

if TYPE_CHECKING:
    from conformance.commands import Commands


def add(commands: Commands) -> None:
    """Add the command's parser."""
    commands.add_parser("version", help="version, catalogue, Python").set_defaults(command=tell)


def tell(_options: argparse.Namespace) -> int:
    """Print the version, the catalogue that this version judges by, and the Python that runs it."""
    from conformance.tally.catalogue import load_catalogue

    print(f"oauth2-conformance {__version__}")
    print(f"catalogue {load_catalogue().digest}")
    print(f"Python {platform.python_version()}, {platform.system()}")
    return exit_codes.OK
