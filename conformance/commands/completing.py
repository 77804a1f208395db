"""What a shell completes: the words that an option takes, by argcomplete's convention."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from conformance.options import Completed, Option


def complete(action: argparse.Action, option: Option) -> None:
    """Let a shell complete the values of an option; files are what it completes by itself."""
    if option.completes in COMPLETERS:
        action.completer = COMPLETERS[option.completes]  # type: ignore[attr-defined]


def offer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks for completions, and end; do nothing where none asks."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser)


def _requirements(**_: Any) -> Iterable[str]:
    from conformance.tally.catalogue import load_catalogue

    return load_catalogue().selectors()


def _defects(**_: Any) -> Iterable[str]:
    from conformance.bundled.edits import DEFECTS

    return [known.name for known in DEFECTS]


def _variants(**_: Any) -> Iterable[str]:
    from conformance.bundled.edits import VARIANTS

    return [known.name for known in VARIANTS]


COMPLETERS: Mapping[Completed, Callable[..., Iterable[str]]] = {
    "requirement": _requirements,
    "defect": _defects,
    "variant": _variants,
}
