"""Findings are tried again at the end of a run, however it is started, and say so wherever they are shown."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commanding import command, plain_pytest, results

DEFECT = "code-works-twice"
REUSED, RACE = "rfc6749-4.1.2-reused-code-denied", "rfc6749-4.1.2-parallel-code-exchanges-one-succeeds"


def repeats(content: dict[str, Any]) -> dict[str, str]:
    """What became of each requirement's finding, in words."""
    tests = [(entry["id"], test) for entry in content["requirements"] for test in entry["tests"] if "repeat" in test]
    return {name: test["repeat"]["words"] for name, test in tests}


@pytest.mark.parametrize("processes", ["1", "3"])
def test_a_finding_is_tried_again_and_a_race_is_not(processes: str, tmp_path: Path) -> None:
    done = command("run", "--only", "rfc6749-4.1.2", "--defect", DEFECT, "-n", processes, folder=tmp_path)

    assert done.returncode == 1
    seen = repeats(results(tmp_path))
    assert (seen[REUSED], seen[RACE].partition(":")[0]) == ("seen 2 of 2", "not repeated")
    assert "seen 2 of 2" in done.stdout
    latest = tmp_path / "reports" / "latest"
    shown = ("results.json", "report.html", "junit.xml", "results.sarif", "summary.md")
    assert [name for name in shown if "seen 2 of 2" not in (latest / name).read_text(encoding="utf-8")] == []


def test_plain_pytest_tries_findings_again(tmp_path: Path) -> None:
    package = Path(__file__).resolve().parents[2] / "conformance"
    words = ["-p", "conformance.plugin", "-c", str(package / "run.ini"), "--rootdir", str(package)]
    words += ["--only", REUSED, "--defect", DEFECT, "--reports", str(tmp_path / "reports")]
    done = plain_pytest(*words, str(package / "documents" / "rfc6749"), folder=tmp_path)

    assert done.returncode == 1, done.stdout + done.stderr
    assert repeats(results(tmp_path)) == {REUSED: "seen 2 of 2"}


UNDOING = """
from conformance.running import whole_run

kept = whole_run.tried_again
whole_run.tried_again = lambda first, second: kept(replace(first, breach="omission"), replace(second, outcome="kept"))
"""


def test_the_log_of_pytest_shows_what_a_second_try_has_left(tmp_path: Path) -> None:
    (tmp_path / "undoing.py").write_text(f"from dataclasses import replace\n{UNDOING}", encoding="utf-8")
    package = Path(__file__).resolve().parents[2] / "conformance"
    words = ["-p", "undoing", "-p", "conformance.plugin", "-c", str(package / "run.ini"), "--rootdir", str(package)]
    words += ["--only", REUSED, "--defect", DEFECT, "--reports", str(tmp_path / "reports")]
    done = plain_pytest(*words, str(package / "documents" / "rfc6749"), folder=tmp_path)

    assert done.returncode == 6, done.stdout + done.stderr

    assert repeats(results(tmp_path)) == {REUSED: "depends on what went before"}
    log = unescape((tmp_path / "reports" / "latest" / "tests.html").read_text(encoding="utf-8"))
    row = log.partition('"resultsTableRow"')[2].partition("]")[0]
    assert ("<td>inconclusive</td>" in row, "<td>failed</td>" in row) == (True, False)


def test_a_run_can_be_told_not_to(tmp_path: Path) -> None:
    command("run", "--only", REUSED, "--defect", DEFECT, "--no-repeats", folder=tmp_path)

    assert repeats(results(tmp_path)) == {REUSED: "not repeated: the run was told not to"}
