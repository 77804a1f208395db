"""Why some mutants live: data, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.mutants.running import NOTICED, Result

FILE = Path(__file__).with_name("explained.toml")


def explanations(path: Path = FILE) -> Mapping[str, str]:
    """Reasons by the names of the mutants that they explain. Raises ValueError for a mutant that is explained twice."""
    found: dict[str, str] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivors", []):
        for name in entry["mutants"]:
            if name in found:
                raise ValueError(f"{path.name} explains {name} twice")
            found[name] = entry["why"]
    return found


def unexplained(results: Iterable[Result], reasons: Mapping[str, str]) -> list[Result]:
    """Mutants that no test notices, and nobody says why."""
    return [each for each in results if each.status not in NOTICED and each.mutant.name not in reasons]


def stale(results: Iterable[Result], reasons: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Explanations of mutants that are noticed by now, or that there are no more."""
    noticed, there = {each.mutant.name for each in results if each.status in NOTICED}, set(known)
    return sorted(name for name in reasons if name in noticed or name not in there)
