"""A matrix that is narrowed to some requirements finds of them what the whole one finds."""

from __future__ import annotations

import pytest

from reference_server.defects import DEFECTS
from tests.matrix.engine import defect_differences

ELSEWHERE = "rfc7662-2.2-active-is-boolean"


@pytest.mark.parametrize("name", ["code-works-twice", "any-session-is-signed-in"])
def test_narrowed_runs_find_of_their_requirements_what_whole_ones_find(name: str) -> None:
    defect = next(each for each in DEFECTS if each.name == name)
    whole, _ = defect_differences(defect)
    assert len(whole) > 1
    for only in (frozenset(sorted(whole)[:1]), frozenset(whole), frozenset({ELSEWHERE})):
        narrowed, _ = defect_differences(defect, only)
        assert narrowed == {identifier: turn for identifier, turn in whole.items() if identifier in only}
