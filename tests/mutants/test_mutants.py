"""The mutants themselves: what is changed, under which name, and that a changed function runs wherever it is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.steps import graphql_resource, token, token_response, transport
from reference_server.variants import VARIANTS
from tests.mutants.__main__ import drawn
from tests.mutants.explanations import explanations, stale, unexplained
from tests.mutants.mutating import Mutant, function_of, lines_of, mutants_of
from tests.mutants.owing import MADE_UP_FOR, NOT_OWED, is_owed
from tests.mutants.running import Result, Status, mutated
from tests.mutants.servers import BESIDE, EVERY, servers_of
from tests.mutants.swapping import STEPS
from tests.mutants.tracing import noting

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


def mutant_named(name: str) -> Mutant:
    path = STEPS / name.partition(":")[0]
    return next(each for each in mutants_of(path) if each.name == name)


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

    allowed.__code__ = function_of(mutants["f.py:allowed: operand left out: not known"]).__code__
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


def test_a_default_is_changed_with_its_function() -> None:
    mutant = mutant_named("token_response.py:json_response: constant plus one: 200")
    with mutated(mutant):
        assert token_response.json_response.__defaults__ == (201,)
    assert token_response.json_response.__defaults__ == (200,)


def test_what_is_made_once_is_made_again_by_a_mutant() -> None:
    before = graphql_resource.schema()
    assert graphql_resource.schema() is before
    with mutated(mutant_named('graphql_resource.py:schema: text changed: "viewer"')), pytest.raises(KeyError):
        graphql_resource.schema()
    assert graphql_resource.schema() is not before


def test_what_runs_when_a_server_is_built_is_left_alone() -> None:
    changed = {each.line for each in mutants_of(STEPS / "transport.py") if each.function == "allow_methods"}
    assert changed
    assert transport.allow_methods.__code__.co_firstlineno < min(changed)
    assert not [each for each in mutants_of(STEPS / "transport.py") if "return named(" in each.text]


def test_lines_are_noted_by_statement() -> None:
    lines: set[tuple[str, int]] = set()
    with noting(lines), pytest.raises(AttributeError):
        token.find_grant(None)  # type: ignore[arg-type]
    assert {name for name, _ in lines} == {"token.py"}
    start = token.find_grant.__code__.co_firstlineno
    assert start in {line for _, line in lines}
    token.answer_nothing(None)  # type: ignore[arg-type]
    assert len(lines) == 3


def test_what_no_sentence_owes_is_there() -> None:
    known = {path.name: {each.function for each in mutants_of(path)} for path in STEPS.glob("*.py")}
    for place in (*NOT_OWED, *MADE_UP_FOR):
        name, _, function = place.partition(":")
        assert not function or function in known[name]
        assert name in known


@pytest.mark.parametrize(
    ("name", "owed"),
    [
        ('authorization_request.py:find_client: text changed: "invalid_request"', False),
        ('authorization_request.py:check_code_challenge: text changed: "invalid_request"', True),
        ("federation.py:check_browser: constant plus one: 403", False),
        ("resources.py:require_scope: constant plus one: 403", True),
        ('scope.py:refuse_unknown_scope: left out: raise invalid_scope("The scope is unknown.")', False),
        ('client_authentication.py:treat_empty_secret_as_none: text changed: "none"', True),
        ("bearer.py:check_token_syntax: condition negated: not TOKEN.fullmatch(call.bearer_values[0])", True),
        ('introspection.py:put_exp: text changed: "exp"', False),
        ('introspection.py:put_active: text changed: "active"', True),
        ('grant_authorization_code.py:find_code: operand left out: ""', False),
        ('forms.py:is_form: operand left out: ""', True),
        ('scope.py:read_scope: operand left out: ""', True),
    ],
)
def test_what_is_owed_is_told_by_kind(name: str, owed: bool) -> None:
    assert is_owed(mutant_named(name)) is owed


def test_servers_and_the_functions_that_they_are_named_for_are_there() -> None:
    mutants = [each for path in STEPS.glob("*.py") for each in mutants_of(path)]
    places = {EVERY} | {each.path.name for each in mutants} | {each.function for each in mutants}
    assert set(BESIDE) <= {variant.name for variant in VARIANTS}
    assert {place for names in BESIDE.values() for place in names} <= places
    rotating = mutant_named("grant_refresh_token.py:rotate: left out: call.with_refresh_token = True")
    assert servers_of(rotating) == ["security-bcp", "reusable-refresh-tokens"]


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
    killed, blocked, alive, silent = list(mutants.values())[:4]
    statuses: list[tuple[Mutant, Status]] = [
        (killed, "killed"),
        (blocked, "blocked"),
        (alive, "survived"),
        (silent, "unreached"),
    ]
    results = [Result(mutant, status) for mutant, status in statuses]
    reasons = {killed.name: "why", blocked.name: "why", alive.name: "why", "gone": "why"}
    assert stale(results, reasons, mutants) == sorted([killed.name, blocked.name, "gone"])
    assert unexplained(results, reasons) == [results[3]]


def test_each_explanation_is_of_a_mutant_that_there_is() -> None:
    known = {mutant.name for path in STEPS.glob("*.py") for mutant in mutants_of(path)}
    assert sorted(set(explanations()) - known) == []
