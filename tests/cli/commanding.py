"""The command line in a process of its own for each command, and what many tests look at in what it leaves.

A process that starts from nothing spends most of its time on imports. So one process of a test session imports what the
commands import, and forks for each of them: what a command does, and what it leaves behind in memory, stays its own.
The bundled server of a command is forked likewise, from the command.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO, TextIOWrapper
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import IO, Any, NoReturn

# Seconds, for what would never end: on a busy machine much takes ten times as long.
TIMEOUT = 300
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.cli.imported"])


Done = subprocess.CompletedProcess[str]
# What was done last in each folder: where its reports are missed, what it printed tells why.
LAST: dict[Path, Done] = {}


def command(*words: str, folder: Path, timeout: float = TIMEOUT, **environment: str) -> Done:
    """A command in a folder of its own, forked."""
    return forked(_command, words, folder, timeout, environment)


def plain_pytest(*words: str, folder: Path, timeout: float = TIMEOUT, **environment: str) -> Done:
    """`python -m pytest` in a folder, forked likewise."""
    return forked(_pytest, words, folder, timeout, environment)


def forked(
    main: Callable[[], int],
    words: Sequence[str],
    folder: Path,
    timeout: float = TIMEOUT,
    environment: Mapping[str, str] | None = None,
) -> Done:
    """A function of a module in a process of its own, which returns the exit code; `words` are its arguments."""
    with tempfile.TemporaryDirectory() as place:
        streams = [Path(place, name) for name in ("stdout", "stderr")]
        whole = {**os.environ, **(environment or {})}
        process = CONTEXT.Process(target=_carry_out, args=(words, folder, whole, streams, main))
        process.start()
        code = _code_of(process, words, timeout)
        done = LAST[folder] = subprocess.CompletedProcess(words, code, *(_read(path) for path in streams))
        return done


def started_anew(*words: str, folder: Path, timeout: float = TIMEOUT, **environment: str) -> Done:
    """A command in a process that starts from nothing: where it matters what the interpreter finds and loads."""
    done = LAST[folder] = subprocess.run(
        [sys.executable, "-P", "-m", "conformance.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=timeout,
    )
    return done


def results(folder: Path) -> dict[str, Any]:
    """`results.json` of the latest run below a folder."""
    file = folder / "reports" / "latest" / "results.json"
    assert file.exists(), f"no reports; what was done last there: {LAST.get(folder)}"
    return json.loads(file.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _code_of(process: ForkServerProcess, words: Sequence[str], timeout: float) -> int:
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(words, timeout)
    return process.exitcode


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _carry_out(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    streams: Sequence[Path],
    main: Callable[[], int],
) -> None:
    """What the forked process does in place of what it was made of."""
    from conformance import bundled
    from conformance.commands import run

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout, sys.stderr = (TextIOWrapper(FileIO(number, "w", closefd=False), encoding="utf-8") for number in (1, 2))
    sys.argv = ["oauth2-conformance", *words]
    try:
        for module in (bundled, run):
            module.spawn = ForkedServer.spawn  # type: ignore[attr-defined]
        code = main()
    finally:
        # A process of this kind ends without them.
        atexit._run_exitfuncs()
    sys.exit(code)


def _command() -> int:
    from conformance import cli

    return cli.main()


def _pytest() -> int:
    import pytest

    sys.path.insert(0, os.getcwd())
    return int(pytest.main())


@dataclass
class ForkedServer:
    """The bundled server in a process that was forked: as much of `Popen` as is asked of it."""

    pid: int
    stdin: IO[str]
    stdout: IO[str]
    returncode: int | None = None

    @classmethod
    def spawn(cls, arguments: Sequence[str] = ()) -> ForkedServer:
        """As `conformance.bundled.spawn` does it, but for the interpreter's start."""
        (its_input, ours), (output, its_output) = os.pipe(), os.pipe()
        pid = os.fork()
        if not pid:
            os.close(ours)
            _serve((its_input, its_output), arguments)
        os.close(its_input)
        os.close(its_output)
        return cls(pid, os.fdopen(ours, "w", encoding="utf-8"), os.fdopen(output, encoding="utf-8"))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, however long: it ends with its standard input."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


def _serve(pipes: tuple[int, int], arguments: Sequence[str]) -> NoReturn:
    from reference_server import serving

    code = 1
    try:
        os.setsid()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
        sys.stdout = TextIOWrapper(FileIO(1, "w", closefd=False), encoding="utf-8", line_buffering=True)
        code = serving.main(["--port", "0", "--plain", "--control", "--announce", "--exit-with-stdin", *arguments])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
