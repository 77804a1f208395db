"""Each defect of the reference client breaks exactly what it declares; every tested requirement is broken by some."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference_client.defects import DEFECTS, Defect
from tests.clients.running import cases, catalogue
from tests.matrix.kills import PROPERTY
from tests.matrix_clients.engine import UNDECIDED, before, defect_differences, reasons
from tests.matrix_clients.kills import turned_red


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_defect_breaks_exactly_what_it_declares(defect: Defect, record_property: Callable[[str, object], None]) -> None:
    found, ended = defect_differences(defect)
    record_property(PROPERTY, turned_red(ended, before(defect)))
    broken = {name for name, (_, after) in found.items() if after in ("failed", "warned")}
    blocked = {name for name, (_, after) in found.items() if after in UNDECIDED}

    message = reasons(ended, found)
    assert broken | blocked == set(found), f"neither broken nor blocked: {set(found) - broken - blocked}\n{message}"
    assert broken == set(defect.breaks), _difference(broken, set(defect.breaks), message)
    assert blocked == set(defect.blocks), _difference(blocked, set(defect.blocks), message)


def _difference(found: set[str], declared: set[str], message: str) -> str:
    more, fewer = sorted(found - declared), sorted(declared - found)
    return f"not declared: {more}; declared but not seen: {fewer}\n{message}"


def test_every_tested_requirement_is_broken_by_some_defect() -> None:
    broken = {name for defect in DEFECTS for name in defect.breaks}
    tested = {case.requirement for case in cases()}
    binding = {requirement.id for requirement in catalogue().requirements if requirement.level != "MAY"}
    assert sorted((tested & binding) - broken) == []


def test_every_defect_shows() -> None:
    assert [defect.name for defect in DEFECTS if not defect.breaks and not defect.blocks] == []
