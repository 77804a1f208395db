"""Real servers: the suite finds exactly the deviations that were verified by hand, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.environments import HERE, UnavailableError, environment
from tests.servers.launch import SERVERS, launch

UNFINISHED = ("error", "inconclusive")
# Every property gets its examples, however slow the server and busy the machine: only so a list of findings is one.
FUZZING = ("--fuzz", "quick", "--fuzz-seconds", "120")


# What the two current practices would say of a server that claims neither.
OUTLOOK = ("--outlook", "--only", "rfc8252", "--only", "rfc9700")

# What a profile that names no claims makes; what it would be found to break with a claim more stands in `[[claimed]]`.
IMPLIED = ("core", "introspection", "bearer")


@cache
def results_of(
    name: str, folder: Path, words: tuple[str, ...] = FUZZING, profile: Path | None = None
) -> Mapping[str, Any]:
    """`results.json` of a run against a server, by another profile than its own where one is given."""
    try:
        environment(name)
    except UnavailableError as error:
        pytest.skip(f"{name} can't be had here: {error}")
    with launch(name) as base_url:
        command = [sys.executable, "-m", "conformance.cli", "run", str(profile or HERE / name / "profile.toml")]
        done = subprocess.run(
            [*command, *words, "--base-url", base_url, "--reports", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
    latest = folder / "latest" / "results.json"
    assert latest.exists(), done.stdout + done.stderr
    results: Mapping[str, Any] = json.loads(latest.read_text(encoding="utf-8"))
    return results


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs of this module are written."""
    return tmp_path_factory.mktemp("servers")


def content_of(name: str) -> dict[str, Any]:
    """What is recorded of a server."""
    return tomllib.loads((HERE / name / "findings.toml").read_text(encoding="utf-8"))


def recorded(name: str) -> list[dict[str, Any]]:
    """The findings that are recorded of a server."""
    entries: list[dict[str, Any]] = content_of(name)["finding"]
    return entries


@pytest.mark.parametrize("name", SERVERS)
def test_findings_are_those_that_were_verified_by_hand(name: str, reports: Path) -> None:
    entries = results_of(name, reports / name)["requirements"]
    found = {entry["id"]: entry["verdict"] for entry in entries if entry["verdict"] in ("failed", "warned")}
    races = {entry["id"]: entry["verdict"] for entry in recorded(name) if entry.get("sometimes")}
    assert found | races == {entry["id"]: entry["verdict"] for entry in recorded(name)}


@pytest.mark.parametrize("name", [name for name in SERVERS if "outlook" in content_of(name)])
def test_the_outlook_shows_what_was_verified_by_hand(name: str, reports: Path) -> None:
    entries = results_of(name, reports / f"{name}-outlook", OUTLOOK)["requirements"]
    unclaimed = [entry for entry in entries if not entry["claimed"]]
    found = {entry["id"] for entry in unclaimed if any(test["outcome"] == "broken" for test in entry["tests"])}
    assert found == {entry["id"] for entry in content_of(name)["outlook"]}


@pytest.mark.parametrize("name", [name for name in SERVERS if "claimed" in content_of(name)])
def test_a_claim_more_shows_what_was_verified_by_hand(name: str, reports: Path, tmp_path: Path) -> None:
    expected = content_of(name)["claimed"]
    claims = [*IMPLIED, *sorted({entry["claim"] for entry in expected})]
    profile = tmp_path / "profile.toml"
    own = (HERE / name / "profile.toml").read_text(encoding="utf-8")
    profile.write_text(f"claims = {json.dumps(claims)}\n{own}", encoding="utf-8")
    words = tuple(
        word for document in sorted({entry["document"] for entry in expected}) for word in ("--only", document)
    )
    entries = results_of(name, reports / f"{name}-claimed", words, profile)["requirements"]
    found = {entry["id"]: entry["verdict"] for entry in entries if entry["verdict"] in ("failed", "warned")}
    assert found == {entry["id"]: entry["verdict"] for entry in expected}


@pytest.mark.parametrize("name", SERVERS)
def test_nothing_is_left_open(name: str, reports: Path) -> None:
    entries = results_of(name, reports / name)["requirements"]
    left = {entry["id"]: entry["reason"] for entry in entries if entry["verdict"] in UNFINISHED}
    assert left == {}


@pytest.mark.parametrize("name", SERVERS)
def test_what_did_not_arise_is_recorded_with_the_reason(name: str, reports: Path) -> None:
    entries = results_of(name, reports / name)["requirements"]
    groups = content_of(name).get("vacuous", [])
    assert {entry["id"] for entry in entries if entry["verdict"] == "vacuous"} == {
        identifier for group in groups for identifier in group["ids"]
    }
    assert all(group["why"] for group in groups)


@pytest.mark.parametrize("name", SERVERS)
def test_no_property_ran_out_of_time(name: str, reports: Path) -> None:
    entries = results_of(name, reports / name)["requirements"]
    fuzzed = [(test["name"], test["fuzz"]) for entry in entries for test in entry["tests"] if "fuzz" in test]
    assert fuzzed
    assert [name for name, fuzz in fuzzed if fuzz["cut_short"]] == []


@pytest.mark.parametrize("name", SERVERS)
def test_every_recorded_finding_says_why_and_how_it_was_checked(name: str) -> None:
    findings = [*recorded(name), *content_of(name).get("outlook", []), *content_of(name).get("claimed", [])]
    assert [entry["id"] for entry in findings if not (entry["why"] and entry["checked"])] == []
