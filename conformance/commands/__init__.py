"""The commands of `oauth2-conformance`: one module each, which adds its own parser and says what it does."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TypeAlias

from conformance import exit_codes

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


class UsageFault(Exception):
    """The command can't be carried out as it was given: the message names the place and the remedy (exit code 4)."""


class Parser(argparse.ArgumentParser):
    """argparse that leaves with our exit code for wrong usage."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(exit_codes.USAGE)
