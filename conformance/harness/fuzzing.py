"""How much a run fuzzes, from which seed, and what one fuzz test did: data alone, `conformance.fuzz` acts on it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.base.budgets import BUDGETS, OFF, Budget

SEEDS = 2**32


@dataclass(slots=True)
class Fuzzing:
    """What a run said about fuzzing. `replay` is one encoded input that is sent in place of generated ones."""

    budget: Budget
    seed: int = 0
    replay: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What a fuzz test did; `input` is the smallest that showed a breach, `shown` the same for people.

    `before` are inputs that have to be sent ahead of it for the breach to show; empty where it shows by itself.
    """

    examples: int
    undecided: int
    exchanges: int
    seconds: float
    cut_short: bool = False
    input: Mapping[str, Any] | None = None
    before: tuple[Mapping[str, Any], ...] = ()
    shown: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it stands in `results.json`."""
        counts: dict[str, Any] = {
            "examples": self.examples,
            "undecided": self.undecided,
            "exchanges": self.exchanges,
            "seconds": round(self.seconds, 3),
            "cut_short": self.cut_short,
        }
        found = {"input": self.input, "before": list(self.before), "shown": self.shown}
        return counts | found if self.input is not None else counts


def fuzzing_of(budget: str, seed: int | None, seconds: float | None = None) -> Fuzzing | None:
    """What the options `--fuzz`, `--fuzz-seed` and `--fuzz-seconds` ask for; None for `off`.

    Without a seed every run draws the same, as far as its time reaches: `seconds` in place of the budget's own.
    """
    if budget == OFF:
        return None
    own = BUDGETS[budget]
    return Fuzzing(own if seconds is None else replace(own, seconds=seconds), seed or 0)


def random_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(SEEDS)
