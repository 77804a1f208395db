"""Runs commands as somebody runs them who has nothing of this checkout: a bare environment, any folder, any user."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What reaches package indexes where a network has its own; nothing else of this process's environment is passed on.
PASSED = ("PATH", "LANG", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "XDG_CACHE_HOME", "HOME")
PREFIXES = ("PIP_", "UV_")
NOBODY = 65534
TIMEOUT = 900


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A bare environment: interpreters that are absent stay absent, nothing is fetched in their place."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED or name.startswith(PREFIXES)}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", **(more or {})}


def called(
    words: Sequence[str | Path], folder: Path, more: Mapping[str, str] | None = None, *, ordinary: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; `ordinary`: as a user without rights, where this process is root."""
    demoted = ordinary and os.geteuid() == 0
    return subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment(more),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        user=NOBODY if demoted else None,
        group=NOBODY if demoted else None,
        extra_groups=[] if demoted else None,
    )


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    """What a command printed, if it succeeded. Raises AssertionError with all that it said."""
    assert done.returncode == 0, f"{done.args}: exit code {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout
