"""The table of kills: by case, the defects that turn it red."""

from __future__ import annotations

from pathlib import Path

from reference_server.defects import DEFECTS
from tests.matrix.engine import Ended, key
from tests.matrix.kills import (
    KEPT,
    MOST_EXEMPT,
    Exemption,
    binding_cases,
    exemptions,
    faults_of,
    merged,
    open_cases,
    read,
    turned_red,
)

# So many binding cases are turned red by no defect and are not exempt; 243 were when the table was first written. The
# number may only fall.
MOST_OPEN = 0
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


def test_an_exemption_needs_a_neighbor_of_the_same_sentence_that_was_seen_red() -> None:
    one, two, *others = binding_cases()[: int(2 / MOST_EXEMPT)]
    stranger = next(key(case) for case in others if case.requirement != one.requirement)
    exempt = [Exemption(key(one), stranger, ""), Exemption(key(two), "gone", "")]
    assert faults_of(exempt, {key(two): [ONE], stranger: [TWO]}, [one, two, *others]) == [
        f"{key(one)} and its neighbor belong to two requirements",
        "there is no binding case gone",
        f"{key(two)} and its neighbor belong to two requirements",
        f"{key(two)} needs no exemption: {ONE}",
        f"the neighbor of {key(two)} is turned red by no defect either",
    ]


def test_no_more_cases_than_a_few_are_exempt() -> None:
    case, *others = binding_cases()[:10]
    faults = faults_of([Exemption(key(case), key(case), "")], {}, [case, *others])
    assert f"1 of 10 cases are exempt, more than {MOST_EXEMPT:.0%}" in faults


def test_what_is_exempt_shares_its_red_with_a_neighbor() -> None:
    assert faults_of(exemptions(), read(), binding_cases()) == []


def test_no_more_binding_cases_go_without_a_defect() -> None:
    left = open_cases(read(), binding_cases(), exemptions())
    remedy = "write a defect, run it with `tests/matrix -k NAME --write-kills`, commit kills.json"
    assert len(left) <= MOST_OPEN, f"{remedy}: {left}"
