"""`replay`: a finding is tried again, with its stored input, and the exit code says whether it still stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.base import exit_codes
from tests.cli.commanding import command, results

DEFECT = "sharp-s-brings-introspection-down"
FINDING = "robustness-1-no-server-error"
DIRECTED = "rfc7009-2.1-token-required"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that fuzzed a server with a defect."""
    folder = tmp_path_factory.mktemp("found")
    done = command("run", "--fuzz", "quick", "--only", FINDING, "--only", DIRECTED, "--defect", DEFECT, folder=folder)
    assert done.returncode == exit_codes.FINDINGS, done.stdout + done.stderr
    return folder


def test_the_run_tells_budget_seed_and_smallest_input(found: Path) -> None:
    content = results(found)
    assert content["fuzz"] == {"budget": "quick", "seed": 0}
    entry = next(entry for entry in content["requirements"] if entry["id"] == FINDING)
    told = [test["fuzz"] for test in entry["tests"] if test["outcome"] == "broken"]
    assert len(told) == 1
    assert "%C3%9F" in told[0]["shown"]
    assert content["conclusion"] != "not conformant"


@pytest.mark.parametrize(
    ("server", "code", "says"),
    [
        (("--defect", DEFECT), exit_codes.FINDINGS, "still stands"),
        ((), exit_codes.OK, "stands no more"),
    ],
    ids=["with-the-defect", "mended"],
)
def test_a_finding_is_tried_again(found: Path, server: tuple[str, ...], code: int, says: str) -> None:
    done = command("replay", "bundled", "reports/latest/results.json", FINDING, *server, folder=found)
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stdout
    assert "curl " in done.stdout


@pytest.mark.parametrize("identifier", ["no-such-requirement", DIRECTED, f"{FINDING}::no_such_test"])
def test_what_is_no_finding_is_told_and_not_tried(found: Path, identifier: str) -> None:
    done = command("replay", "bundled", "reports/latest/results.json", identifier, folder=found)
    assert done.returncode == exit_codes.USAGE
    assert "Traceback" not in done.stderr
    assert identifier.partition("::")[0] in done.stderr


def test_nothing_of_the_generator_is_left_on_disk(found: Path) -> None:
    assert {path.name for path in found.iterdir()} == {"reports"}
