"""Ground truth: what was established of a server by hand, before the suite was run on it, is what the suite finds.

A deviation is found where one of its requirements is among the recorded findings. What the suite misses is recorded
beside them, so that it shows: `[[missed]]` in `findings.toml`, with the deviation's name and why.
"""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from conformance.tally.catalogue import load_catalogue
from tests.servers.environments import HERE

ENOUGH = 0.9  # of the deviations that the suite finds
NAMES = tuple(sorted(truth.parent.name for truth in HERE.glob("*/ground_truth.toml")))
COMPARED = tuple(name for name in NAMES if (HERE / name / "findings.toml").exists())


def content_of(name: str, file: str) -> dict[str, Any]:
    """A file of a server."""
    return tomllib.loads((HERE / name / file).read_text(encoding="utf-8"))


def unfound(name: str) -> set[str]:
    """The deviations none of whose requirements is recorded as a finding."""
    recorded = {finding["id"] for finding in content_of(name, "findings.toml")["finding"]}
    deviations = content_of(name, "ground_truth.toml")["deviation"]
    return {each["name"] for each in deviations if recorded.isdisjoint(each["requirements"])}


@pytest.mark.parametrize("name", NAMES)
def test_requirements_of_the_ground_truth_are_of_the_catalogue(name: str) -> None:
    truth = content_of(name, "ground_truth.toml")
    named = {identifier for each in (*truth["deviation"], *truth["right"]) for identifier in each["requirements"]}
    assert named <= set(load_catalogue().by_id)


@pytest.mark.parametrize("name", COMPARED)
def test_what_is_missed_is_recorded(name: str) -> None:
    assert unfound(name) == {miss["name"] for miss in content_of(name, "findings.toml").get("missed", [])}


def test_most_deviations_are_found() -> None:
    known = sum(len(content_of(name, "ground_truth.toml")["deviation"]) for name in COMPARED)
    assert known - sum(len(unfound(name)) for name in COMPARED) >= ENOUGH * known


@pytest.mark.parametrize("name", COMPARED)
def test_what_only_looks_wrong_is_no_finding(name: str) -> None:
    truth = content_of(name, "ground_truth.toml")
    wrong = {identifier for each in truth["deviation"] for identifier in each["requirements"]}
    right = {identifier for each in truth["right"] for identifier in each["requirements"]}
    recorded = {finding["id"] for finding in content_of(name, "findings.toml")["finding"]}
    assert recorded & (right - wrong) == set()
