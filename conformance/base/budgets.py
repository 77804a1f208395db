"""How much `--fuzz` does: for the command line's help and for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How many examples each property gets, and after how many seconds it ends whatever it has got."""

    name: str
    examples: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.name}: {self.examples} examples per property, {self.seconds:g} s at most"


BUDGETS: Mapping[str, Budget] = {
    budget.name: budget
    for budget in (Budget("quick", 30, 5.0), Budget("standard", 200, 30.0), Budget("thorough", 2000, 300.0))
}
OFF = "off"
CHOICES = (OFF, *BUDGETS)
IN_WORDS = "; ".join(map(str, BUDGETS.values()))
