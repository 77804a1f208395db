"""The commands of `oauth2-conformance`: one module each, which adds its own parser and says what it does."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from conformance.base import exit_codes
from conformance.base.suggesting import did_you_mean

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


class UsageFault(Exception):
    """The command can't be carried out as it was given: the message names the place and the remedy (exit code 4)."""


class Parser(argparse.ArgumentParser):
    """argparse that leaves with our exit code for wrong usage, and asks what was meant.

    Flags are spelled out: an abbreviation would mean something else as soon as there is another flag.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **more})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """argparse's own; what a command doesn't know is that command's matter, not that of the whole program."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            flags = [flag for flag in self._option_string_actions if flag.startswith("--")]
            self.error("; ".join(f"unknown: {each}{did_you_mean(each.partition('=')[0], flags)}" for each in unknown))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """A clear message, after the usage of the command that was meant."""
        self.print_usage(sys.stderr)
        print(f"oauth2-conformance: {message}{self._suggestion(message)}", file=sys.stderr)
        raise SystemExit(exit_codes.USAGE)

    def _suggestion(self, message: str) -> str:
        """For a word that isn't among the choices of an argument.

        argparse says so in words alone; where a Python words it otherwise, the suggestion is left out, and no more.
        """
        chosen = re.match(r"argument (?P<name>[^:]+): invalid choice: '(?P<word>[^']*)'", message)
        if chosen is None:
            return ""
        named = (each for each in self._actions if argparse._get_action_name(each) == chosen["name"])
        return did_you_mean(chosen["word"], next((map(str, each.choices) for each in named if each.choices), ()))
