"""Each fuzz-only defect is found by generated input, in what it declares and nothing else; a clean server keeps all."""

from __future__ import annotations

import pytest

from conformance.harness.running import Execution
from reference_server.defects import DEFECTS, Defect
from tests.fuzz.running import fuzz_cases, fuzzed, in_words

FUZZ_DEFECTS = [defect for defect in DEFECTS if defect.fuzz]


def broken(executions: dict[str, Execution]) -> set[str]:
    """Requirements that some fuzz test found broken."""
    return {name.partition("::")[0] for name, each in executions.items() if each.outcome.word == "broken"}


def test_a_clean_server_keeps_all_of_it() -> None:
    ended = fuzzed(fuzz_cases(), "quick")
    odd = {name: each for name, each in ended.items() if each.outcome.word not in ("kept", "not applicable")}
    assert odd == {}, in_words(odd)


@pytest.mark.parametrize("defect", FUZZ_DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_found_by_the_standard_budget(defect: Defect) -> None:
    chosen = [case for case in fuzz_cases() if case.requirement in defect.breaks]
    ended = fuzzed(chosen, "standard", variant=defect.on, edits=defect.edits)
    assert broken(ended) == set(defect.breaks), in_words(ended)
