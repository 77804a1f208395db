"""Each defect breaks exactly what it declares, and every tested requirement is broken by some defect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference_server.defects import DEFECTS, Defect
from tests.matrix.engine import (
    UNDECIDED,
    cases,
    catalogue,
    clean,
    defect_differences,
    in_process_defects,
    reasons,
    within_scope,
)
from tests.matrix.kills import PROPERTY, turned_red
from tests.matrix.touched import Touched


@pytest.mark.parametrize("defect", in_process_defects(), ids=lambda defect: defect.name)
def test_defect_breaks_exactly_what_it_declares(
    defect: Defect, touched: Touched, record_property: Callable[[str, object], None]
) -> None:
    only = touched.scope(defect)
    found, ended = defect_differences(defect, only)
    if only is None:
        record_property(PROPERTY, turned_red(ended, clean(defect.on)))
    breaks, blocks = within_scope(defect.breaks, only), within_scope(defect.blocks, only)
    if only is not None and not ended and not breaks | blocks:
        pytest.skip("meets nothing that changed")
    broken = {name for name, (_, after) in found.items() if after in ("failed", "warned")}
    blocked = {name for name, (_, after) in found.items() if after in UNDECIDED}

    message = reasons(ended, found)
    assert broken | blocked == set(found), f"neither broken nor blocked: {set(found) - broken - blocked}\n{message}"
    assert broken == breaks, _difference(broken, breaks, message)
    assert blocked == blocks, _difference(blocked, blocks, message)


def _difference(found: set[str], declared: set[str], message: str) -> str:
    more, fewer = sorted(found - declared), sorted(declared - found)
    return f"not declared: {more}; declared but not seen: {fewer}\n{message}"


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.fuzz], ids=lambda defect: defect.name)
def test_no_directed_test_finds_what_is_left_to_fuzzing(defect: Defect, touched: Touched) -> None:
    only = touched.scope(defect)
    found, ended = defect_differences(defect, only)
    if only is not None and not ended:
        pytest.skip("meets nothing that changed")

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
