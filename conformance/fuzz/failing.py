"""Inputs that break a property, and how many of their parts that takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.base.outcomes import Violation
from conformance.fuzz import stored_inputs as stored
from conformance.harness.trial import Trial

Inputs: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failing:
    """Inputs that broke a property, how, and in which trial; `before` went ahead of them, as far as it takes that."""

    inputs: Inputs
    violation: Violation
    trial: Trial
    at: int = 0
    before: tuple[Inputs, ...] = ()

    @property
    def size(self) -> int:
        """How much a person has to read."""
        return len(json.dumps(stored.encoded(self.inputs)))


def with_fewest(
    found: Failing, parts: Sequence[Any], shown_with: Callable[[Sequence[Any]], Failing | None], deadline: float
) -> Failing:
    """The breach with as few of some parts as show it: of halves, then of ever fewer, those go that it doesn't take.

    `shown_with` tells how it shows with some of them, None if it doesn't; `deadline` is one of `time.monotonic`.
    """
    at_once = len(parts) // 2
    while parts and at_once:
        end, before = len(parts), len(parts)
        while end > 0 and time.monotonic() < deadline:
            fewer = [*parts[: max(0, end - at_once)], *parts[end:]]
            again = shown_with(fewer)
            if again:
                found, parts = again, fewer
            end -= at_once
        # Without one part another may have become needless.
        gets_fewer = len(parts) < before and time.monotonic() < deadline
        at_once = 1 if at_once == 1 and gets_fewer else at_once // 2
    return found
