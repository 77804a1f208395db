"""A run that waits says what for, and how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.bundled import start_bundled
from tests.cli.commanding import command


@pytest.mark.parametrize("processes", ["1", "2"])
def test_what_a_test_waits_for_is_said(processes: str, tmp_path: Path) -> None:
    with start_bundled() as server:
        profile = (
            server.profile.partition("[control]")[0] + server.profile.partition("[control]")[2].partition("\n\n")[2]
        )
        waiting = profile.replace("[target]", "[target]\nwait = true").replace(
            "[limits]", "[limits]\ncode_lifetime = 2"
        )
        lines = [line for line in waiting.splitlines() if not line.startswith("code_lifetime = 60")]
        (tmp_path / "patient.toml").write_text("\n".join(lines), encoding="utf-8")
        words = ("run", "patient.toml", "--only", "rfc6749-10.5", "-n", processes, "--no-repeats")
        done = command(*words, folder=tmp_path)
    assert "waiting 3 s for a credential to expire (test_" in done.stderr, done.stdout + done.stderr
