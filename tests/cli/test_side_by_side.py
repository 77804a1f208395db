"""Processes that would end each other's tokens don't run side by side, whatever -n says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commanding import command, plain_pytest, results

ONE = "rfc7009-2.1-token-required"


@pytest.mark.parametrize(
    ("variant", "processes", "why"),
    [
        ("new-grant-ends-older-tokens", 1, "a second token of the same client and owner ends the first"),
        ("one-token-until-it-expires", 1, "two requests of one client get the same token"),
        ("replay-ends-everything", 1, "comes twice ends all tokens of the same client and owner"),
        ("reusable-refresh-tokens", 3, ""),
    ],
)
def test_one_process_runs_where_several_would_meet(variant: str, processes: int, why: str, tmp_path: Path) -> None:
    done = command("run", "--only", ONE, "--variant", variant, "-n", "3", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert results(tmp_path)["workers"] == processes
    assert ("one process runs all tests" in done.stderr) == bool(why)
    assert why in done.stderr


def test_workers_of_pytest_are_refused(tmp_path: Path) -> None:
    package = Path(__file__).resolve().parents[2] / "conformance"
    words = ["-p", "conformance.plugin", "-c", str(package / "run.ini"), "--rootdir", str(package), "-n", "3"]
    words += ["--only", ONE, "--reports", str(tmp_path / "reports")]
    done = plain_pytest(*words, str(package / "documents" / "rfc7009"), folder=tmp_path)

    assert done.returncode == 4, done.stdout + done.stderr
    assert "use `oauth2-conformance run -n`" in done.stderr
    assert not (tmp_path / "reports").exists()
