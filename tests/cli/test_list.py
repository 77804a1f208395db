"""`run --list` shows what a run would do, and does none of it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.commanding import command
from tests.cli.test_usage import PROFILE

ONE = "rfc7009-2.1-token-required"


def test_what_would_run_is_listed_with_requests_and_time(tmp_path: Path) -> None:
    done = command("run", "--list", "--only", ONE, folder=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[:2] == ["RFC 7009", "  2.1"]
    assert lines[2].startswith(f"    {ONE}  [MUST]")
    assert "1 requirement would be tested" in done.stdout
    assert "with one process if an answer takes 20 ms" in done.stdout
    assert not (tmp_path / "reports").exists()


def test_a_target_that_is_down_is_planned_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "down.toml").write_text(PROFILE, encoding="utf-8")
    done = command("run", "down.toml", "--list", "--only", "rfc6749-4.4", "--json", folder=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert told["requests"] > 0
    assert {each["section"].split(".")[0] for each in told["requirements"]} == {"4"}
    assert {each["prospect"] for each in told["requirements"]} >= {"tested"}


def test_a_selection_without_a_test_is_told_by_the_exit_code(tmp_path: Path) -> None:
    assert command("run", "--list", "--only", ONE, "--exclude", ONE, folder=tmp_path).returncode == 5
    assert command("run", "--list", "--only", "rfc7009-2.1-token-requird", folder=tmp_path).returncode == 4
