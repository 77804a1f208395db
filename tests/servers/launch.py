"""Starts a third-party authorization server in an environment of its own and stops it whatever happens.

with launch("authlib_flask") as base_url:
    ...
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.servers.environments import HERE, LaunchError, clean, environment

# Those whose findings are recorded: a server is there before the suite is run on it, for its ground truth.
SERVERS = tuple(sorted(findings.parent.name for findings in HERE.glob("*/findings.toml")))


@contextmanager
def launch(name: str, certfile: Path | None = None, keyfile: Path | None = None, wait: float = 180) -> Iterator[str]:
    """Run the server of this name on a free loopback port and yield its base URL; with a certificate, over TLS.

    The first start installs the pinned packages, which takes a while; `wait` is for the start alone.
    """
    made = environment(name)
    command = [*made.command, "--port", "0"]
    if certfile and keyfile:
        command += ["--certfile", str(certfile.resolve()), "--keyfile", str(keyfile.resolve())]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            command,
            cwd=HERE / name,
            env=clean() | _in_memory() | made.variables,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield _base_url(name, process, log, wait)
        finally:
            _stop(process)


def _in_memory() -> dict[str, str]:
    """Where a server keeps its data, if the system has such a place: with a disk, a busy one sets the pace of a run."""
    folder = Path("/dev/shm")
    return {"TMPDIR": str(folder)} if os.access(folder, os.W_OK) else {}


def _base_url(name: str, process: subprocess.Popen[str], log: IO[str], wait: float) -> str:
    """The URL that the server names on its first line. A thread reads, because a pipe can't be read with a limit."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    try:
        return str(json.loads(lines.get(timeout=wait))["base_url"])
    except (queue.Empty, ValueError, KeyError) as error:
        _stop(process)
        log.seek(0)
        raise LaunchError(f"{name}: didn't say in {wait:g} s where it is:\n{log.read()[-4000:]}") from error


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    """Read on to the end, so that the server never blocks on a full pipe."""
    with stream:
        for line in iter(stream.readline, ""):
            lines.put(line)
    lines.put("")


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask once, then insist."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
