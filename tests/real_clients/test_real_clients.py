"""Real clients: the suite finds exactly the deviations that were verified by hand, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.environments import UnavailableError, environment

HERE = Path(__file__).resolve().parent
CLIENTS = sorted(path.parent.name for path in HERE.glob("*/profile.toml"))
FORETOLD = sorted(path.parent.name for path in HERE.glob("*/ground_truth.toml"))


@cache
def results_of(name: str, folder: Path) -> Mapping[str, Any]:
    """`results.json` of a run of a client, which stands in a folder with its profile and what it imports."""
    try:
        made = environment(name, HERE)
    except UnavailableError as error:
        pytest.skip(f"{name} can't be had here: {error}")
    folder.mkdir()
    text = (HERE / name / "profile.toml").read_text(encoding="utf-8")
    interpreter = json.dumps(shutil.which(made.command[0]) or made.command[0])
    for placeholder in ('"PYTHON"', '"NODE"'):
        text = text.replace(placeholder, interpreter)
    (folder / "profile.toml").write_text(text, encoding="utf-8")
    for script in (HERE / "listening.py", *(HERE / name).glob("client.*")):
        (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "conformance.cli", "run", str(folder / "profile.toml"), "--no-repeats", "-n", "2"]
    done = subprocess.run(
        [*command, "--reports", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **made.variables},
    )
    latest = folder / "latest" / "results.json"
    assert latest.exists(), done.stdout + done.stderr
    results: Mapping[str, Any] = json.loads(latest.read_text(encoding="utf-8"))
    return results


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs of this module are written."""
    return tmp_path_factory.mktemp("clients")


def entries_of(name: str, file: str, table: str) -> list[dict[str, Any]]:
    """What is recorded of a client in one of its files."""
    found: list[dict[str, Any]] = tomllib.loads((HERE / name / file).read_text(encoding="utf-8")).get(table, [])
    return found


@pytest.mark.parametrize("name", CLIENTS)
def test_findings_are_those_that_were_verified_by_hand(name: str, runs: Path) -> None:
    entries = results_of(name, runs / name)["requirements"]

    found = {entry["id"]: entry["verdict"] for entry in entries if entry["verdict"] in ("failed", "warned")}
    assert found == {entry["id"]: entry["verdict"] for entry in entries_of(name, "findings.toml", "finding")}


@pytest.mark.parametrize("name", CLIENTS)
def test_nothing_is_left_open(name: str, runs: Path) -> None:
    entries = results_of(name, runs / name)["requirements"]

    left = {entry["id"]: entry["reason"] for entry in entries if entry["verdict"] in ("error", "inconclusive")}
    assert left == {}


@pytest.mark.parametrize("name", FORETOLD)
def test_what_was_written_beforehand_is_found(name: str, runs: Path) -> None:
    verdicts = {entry["id"]: entry["verdict"] for entry in results_of(name, runs / name)["requirements"]}

    deviations = [entry["id"] for entry in entries_of(name, "ground_truth.toml", "deviation")]
    right = [entry["id"] for entry in entries_of(name, "ground_truth.toml", "right")]
    assert {verdicts[identifier] for identifier in deviations} <= {"failed", "warned"}
    assert {verdicts[identifier] for identifier in right} == {"passed"}
