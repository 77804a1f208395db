"""Each fuzz-only defect is found by generated input, in what it declares and nothing else; a clean server keeps all."""

from __future__ import annotations

import pytest

from conformance.running.single_test import Execution
from reference_server.defects import DEFECTS, Defect
from tests.fuzz.running import fuzz_cases, fuzzed, fuzzing, in_words
from tests.matrix.engine import catalogue, key

# Variants that ask for other requests than the default server; `tests.fuzz.soak` runs all of them.
TELLING = ("body-authentication-only", "no-client-credentials", "access-tokens-not-revocable")
# So many of them have to be found by the smallest budget.
MOST = 20
# What `quick` may miss: `standard` finds these.
BEYOND_QUICK = frozenset(
    {
        "broken-escapes-jam-introspection",
        "delete-character-brings-token-endpoint-down",
        "last-characters-of-redirect-uri-ignored",
        "unknown-user-with-one-scope-is-somebody",
    }
)
FUZZ_DEFECTS = [defect for defect in DEFECTS if defect.fuzz]


def broken(executions: dict[str, Execution]) -> set[str]:
    """Requirements that some fuzz test found broken."""
    return {name.partition("::")[0] for name, each in executions.items() if each.outcome.word == "broken"}


def _fuzzed_for(defect: Defect, budget: str) -> dict[str, Execution]:
    """How the tests end that a defect is to be found by; after one that finds it a requirement needs no other."""
    ended: dict[str, Execution] = {}
    with fuzzing(budget, variant=defect.on, edits=defect.edits) as run:
        for case in fuzz_cases():
            if case.requirement in defect.breaks and case.requirement not in broken(ended):
                ended[key(case)] = run(case)
    return ended


@pytest.mark.parametrize("variant", [None, *TELLING])
@pytest.mark.usefixtures("touched_by_fuzzing")
def test_a_clean_server_keeps_all_of_it(variant: str | None) -> None:
    ended = fuzzed(fuzz_cases(), "quick", variant=variant)
    odd = {
        name: each
        for name, each in ended.items()
        if each.outcome.word not in ("kept", "vacuous", "not applicable", "untested")
    }
    assert odd == {}, in_words(odd)


@pytest.mark.parametrize("defect", FUZZ_DEFECTS, ids=lambda defect: defect.name)
@pytest.mark.usefixtures("touched_by_fuzzing")
def test_a_defect_is_found(defect: Defect) -> None:
    ended = _fuzzed_for(defect, "standard" if defect.name in BEYOND_QUICK else "quick")
    assert broken(ended) == set(defect.breaks), in_words(ended)


def test_the_quick_budget_finds_most_of_them() -> None:
    assert {defect.name for defect in FUZZ_DEFECTS} >= BEYOND_QUICK
    assert len(FUZZ_DEFECTS) - len(BEYOND_QUICK) >= MOST


def test_what_only_fuzzing_decides_is_broken_by_some_defect() -> None:
    named = {name for defect in FUZZ_DEFECTS for name in defect.breaks}
    assert {r.id for r in catalogue().requirements if r.document == "robustness"} <= named
