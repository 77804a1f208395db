"""The table of kills: by case, the defects that turn it red."""

from __future__ import annotations

from pathlib import Path

from reference_server.defects import DEFECTS
from tests.matrix.engine import Ended
from tests.matrix.kills import KEPT, binding_cases, exemptions, merged, read, turned_red, without_defect

# Of 1,930 binding cases so many were turned red by no defect when the table was first written: it may only fall.
MOST_OPEN = 243
ONE, TWO, THREE, FOUR = (defect.name for defect in DEFECTS[:4])


def test_a_case_is_turned_red_by_what_it_does_not_find_on_a_clean_server() -> None:
    before = {"a": Ended("passed", ""), "b": Ended("warned", ""), "c": Ended("passed", "")}
    after = {"a": Ended("failed", ""), "b": Ended("failed", ""), "c": Ended("inconclusive", "")}
    assert turned_red(after, before) == ["a"]


def test_the_defects_that_turn_the_fewest_cases_are_kept() -> None:
    seen = {ONE: ["a", "b", "c", "d"], TWO: ["a", "b", "c"], THREE: ["a", "b"], FOUR: ["a"]}
    found = merged({}, seen)
    assert found["a"] == [FOUR, THREE, TWO]
    assert (found["d"], len(found["a"])) == ([ONE], KEPT)


def test_what_was_seen_replaces_what_was_known_of_the_same_defects() -> None:
    known = {"a": [ONE], "b": [TWO], "c": ["a-defect-that-is-gone"]}
    assert merged(known, {ONE: ["b"]}) == {"b": [TWO, ONE]}


def test_an_exemption_names_case_neighbor_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "exempt.toml"
    path.write_text('[[exempt]]\ncase = "a"\nneighbor = "b"\nwhy = "c"\n', encoding="utf-8")
    assert [(each.case, each.neighbor, each.why) for each in exemptions(path)] == [("a", "b", "c")]


def test_no_more_binding_cases_go_without_a_defect() -> None:
    open_ones = without_defect(read(), binding_cases())
    remedy = "write a defect, run it with `tests/matrix -k NAME --write-kills`, commit kills.json"
    assert len(open_ones) <= MOST_OPEN, f"{remedy}: {open_ones}"
