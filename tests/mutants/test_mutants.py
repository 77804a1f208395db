"""The mutants themselves: what is changed, under which name, and that a changed function runs wherever it is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.steps import token
from tests.mutants.__main__ import drawn
from tests.mutants.explanations import explanations, stale, unexplained
from tests.mutants.mutating import Mutant, code_of, lines_of, mutants_of
from tests.mutants.running import Result, mutated
from tests.mutants.tracing import STEPS

SOURCE = """
def allowed(age: int, known: bool, names: list[str]) -> bool:
    if age < 18 or not known:
        raise ValueError("a child")
    names.append("allowed")
    return names[0] != "nobody"
"""
DIFF = """--- a/f.py
+++ b/f.py
@@ -3,2 +3,3 @@
@@ -9 +10,0 @@
"""


@pytest.fixture
def mutants(tmp_path: Path) -> dict[str, Mutant]:
    file = tmp_path / "f.py"
    file.write_text(SOURCE)
    return {mutant.name: mutant for mutant in mutants_of(file)}


def test_each_kind_of_change_is_made(mutants: dict[str, Mutant]) -> None:
    assert {name.split(": ", 1)[1] for name in mutants} == {
        "condition negated: age < 18 or not known",
        "and for or, or for and: age < 18 or not known",
        "operand left out: age < 18",
        "operand left out: not known",
        "Lt to LtE: age < 18",
        "Lt to GtE: age < 18",
        "constant plus one: 18",
        'left out: raise ValueError("a child")',
        'left out: names.append("allowed")',
        'text changed: "allowed"',
        'returns nothing: return names[0] != "nobody"',
        'NotEq to Eq: names[0] != "nobody"',
        "constant plus one: 0",
        'text changed: "nobody"',
    }


def test_the_changed_code_does_what_its_name_says(mutants: dict[str, Mutant]) -> None:
    def allowed(age: int, known: bool, names: list[str]) -> bool:
        raise NotImplementedError

    allowed.__code__ = code_of(mutants["f.py:allowed: operand left out: not known"])
    assert allowed(20, False, ["somebody"])
    with pytest.raises(ValueError, match="a child"):
        allowed(17, True, [])


def test_a_mutant_runs_wherever_its_function_is_held() -> None:
    held = token.find_grant
    mutant = next(each for each in mutants_of(STEPS / "token.py") if each.function == "find_grant")
    before = held.__code__
    with mutated(mutant):
        assert held.__code__ != before
    assert held.__code__ == before


def test_a_sample_is_drawn_by_its_seed(mutants: dict[str, Mutant]) -> None:
    known = list(mutants.values())
    few = drawn(known, 5, seed=3)
    assert (len(few), few) == (5, drawn(known, 5, seed=3))
    assert few == [mutant for mutant in known if mutant in few]
    assert drawn(known, 5, seed=4) != few
    assert drawn(known, None, seed=3) == drawn(known, 500, seed=3) == known


def test_lines_of_a_diff_are_those_that_came_and_those_behind_what_went() -> None:
    assert list(lines_of(DIFF)) == [3, 4, 5, 10]


def test_an_explanation_is_stale_when_its_mutant_is_killed_or_gone(mutants: dict[str, Mutant]) -> None:
    killed, alive, silent = list(mutants.values())[:3]
    results = [Result(killed, "killed", "some test"), Result(alive, "survived"), Result(silent, "unreached")]
    reasons = {killed.name: "why", alive.name: "why", "gone": "why"}
    assert stale(results, reasons, mutants) == sorted([killed.name, "gone"])
    assert unexplained(results, reasons) == [results[2]]


def test_each_explanation_is_of_a_mutant_that_there_is() -> None:
    known = {mutant.name for path in STEPS.glob("*.py") for mutant in mutants_of(path)}
    assert sorted(set(explanations()) - known) == []
