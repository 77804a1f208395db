"""Each defect breaks exactly what it declares, and every tested requirement is broken by some defect."""

from __future__ import annotations

import pytest

from reference_server.defects import DEFECTS, Defect
from tests.matrix.engine import UNDECIDED, cases, catalogue, defect_differences, in_process_defects, reasons


@pytest.mark.parametrize("defect", in_process_defects(), ids=lambda defect: defect.name)
def test_defect_breaks_exactly_what_it_declares(defect: Defect) -> None:
    found, ended = defect_differences(defect)
    broken = {name for name, (_, after) in found.items() if after in ("failed", "warned")}
    blocked = {name for name, (_, after) in found.items() if after in UNDECIDED}

    message = reasons(ended, found)
    assert broken | blocked == set(found), f"neither broken nor blocked: {set(found) - broken - blocked}\n{message}"
    assert broken == set(defect.breaks), _difference(broken, defect.breaks, message)
    assert blocked == set(defect.blocks), _difference(blocked, defect.blocks, message)


def _difference(found: set[str], declared: tuple[str, ...], message: str) -> str:
    more, fewer = sorted(found - set(declared)), sorted(set(declared) - found)
    return f"not declared: {more}; declared but not seen: {fewer}\n{message}"


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.fuzz], ids=lambda defect: defect.name)
def test_no_directed_test_finds_what_is_left_to_fuzzing(defect: Defect) -> None:
    found, ended = defect_differences(defect)

    broken = {name for name, (_, after) in found.items() if after in ("failed", "warned")}
    assert broken == set(), reasons(ended, broken)


def test_every_tested_requirement_is_broken_by_some_defect() -> None:
    broken = {name for defect in DEFECTS if not defect.fuzz for name in defect.breaks}
    tested = {case.requirement for case in cases()}
    binding = {r.id for r in catalogue().requirements if r.level != "MAY"}
    assert sorted((tested & binding) - broken) == []


def test_defects_name_known_requirements_and_have_names_of_their_own() -> None:
    named = {name for defect in DEFECTS for name in (*defect.breaks, *defect.blocks)}
    assert sorted(named - set(catalogue().by_id)) == []
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)
