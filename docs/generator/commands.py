"""The reference of the commands, from their own parsers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.cli import parser
from conformance.commands import serving_stage
from docs.generator import markdown
from reference_server import serving

USAGE_WIDTH = 70
LISTED = (argparse._SubParsersAction, argparse._HelpAction)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its whole name, what it does, and its arguments as a table in Markdown."""

    name: str
    says: str
    usage: str
    table: str
    more: str


def commands() -> list[Command]:
    """Every command in the order of the help, commands within commands after the one that they belong to."""
    return list(_below(parser()))


def _below(outer: argparse.ArgumentParser) -> Iterator[Command]:
    for action in outer._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, inner in action.choices.items():
            # The server has a parser of its own, which the command line knows by its help alone.
            own = serving.argument_parser() if name == "serve" else inner
            own.prog = inner.prog
            yield _command(own, helps.get(name, ""))
            if name == "serve":
                stage = serving_stage.argument_parser()
                stage.prog = f"{stage.prog} {serving_stage.FLAG}"
                yield _command(stage, "a stage in the foreground")
            yield from _below(inner)


def _command(own: argparse.ArgumentParser, says: str) -> Command:
    rows = [
        (_flags(action, own), markdown.text(_help(action, own)))
        for action in own._actions
        if not isinstance(action, LISTED) and action.help is not argparse.SUPPRESS
    ]
    return Command(
        name=own.prog,
        says=_sentence(says) + (f" {_sentence(own.description)}" if own.description else ""),
        usage=_usage(own),
        table=markdown.table(("argument", "what it says"), rows),
        more=f"``` text\n{own.epilog.strip()}\n```" if own.epilog else "",
    )


def _usage(own: argparse.ArgumentParser) -> str:
    """The usage, broken between arguments: a browser breaks within them."""
    formatter = own._get_formatter()
    formatter._width = USAGE_WIDTH
    formatter.add_usage(own.usage, own._actions, own._mutually_exclusive_groups, prefix="")
    return formatter.format_help().strip()


def _flags(action: argparse.Action, own: argparse.ArgumentParser) -> str:
    formatter = own._get_formatter()
    if not action.option_strings:
        return markdown.code(formatter._format_args(action, str(action.metavar or action.dest)).strip("[]"))
    value = "" if action.nargs == 0 else f" {formatter._format_args(action, action.dest.upper())}"
    return ", ".join(markdown.code(f"{flag}{value}") for flag in action.option_strings)


def _help(action: argparse.Action, own: argparse.ArgumentParser) -> str:
    return own._get_formatter()._expand_help(action) if action.help else ""


def _sentence(text: str) -> str:
    stripped = text.strip()
    return f"{stripped[:1].upper()}{stripped[1:].removesuffix('.')}." if stripped else ""
