"""The command line in a process of its own for each command, and what many tests look at in what it leaves.

A process that starts from nothing spends most of its time on imports. So one process of a test session imports what the
commands import, and forks for each of them: what a command does, and what it leaves behind in memory, stays its own.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from io import FileIO, TextIOWrapper
from multiprocessing.context import ForkServerProcess
from pathlib import Path

TIMEOUT = 60  # seconds
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.cli.imported"])


Done = subprocess.CompletedProcess[str]


def command(*words: str, folder: Path, timeout: float = TIMEOUT, **environment: str) -> Done:
    """A command in a folder of its own, forked."""
    with tempfile.TemporaryDirectory() as place:
        streams = [Path(place, name) for name in ("stdout", "stderr")]
        process = CONTEXT.Process(target=_carry_out, args=(words, folder, {**os.environ, **environment}, streams))
        process.start()
        code = _code_of(process, words, timeout)
        return subprocess.CompletedProcess(words, code, *(_read(path) for path in streams))


def started_anew(*words: str, folder: Path, timeout: float = TIMEOUT, **environment: str) -> Done:
    """A command in a process that starts from nothing: where it matters what the interpreter finds and loads."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "conformance.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=timeout,
    )


def _code_of(process: ForkServerProcess, words: Sequence[str], timeout: float) -> int:
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(words, timeout)
    return process.exitcode


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _carry_out(words: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Sequence[Path]) -> None:
    """What the forked process does in place of what it was made of."""
    from conformance import cli

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout, sys.stderr = (TextIOWrapper(FileIO(number, "w", closefd=False), encoding="utf-8") for number in (1, 2))
    sys.argv = ["oauth2-conformance", *words]
    try:
        code = cli.main()
    finally:
        # A process of this kind ends without them.
        atexit._run_exitfuncs()
    sys.exit(code)
