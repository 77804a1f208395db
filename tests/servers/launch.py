"""Starts a third-party authorization server in an environment of its own and stops it whatever happens.

with launch("authlib_flask") as base_url:
    ...
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
SERVERS = tuple(sorted(folder.parent.name for folder in HERE.glob("*/start.py")))


class LaunchError(Exception):
    """The server couldn't be installed or started; the message ends with what it said."""


@contextmanager
def launch(name: str, certfile: Path | None = None, keyfile: Path | None = None, wait: float = 60) -> Iterator[str]:
    """Run the server of this name on a free loopback port and yield its base URL; with a certificate, over TLS.

    The first start installs the pinned packages, which takes a while; `wait` is for the start alone.
    """
    command = [str(environment(name)), "start.py", "--port", "0"]
    if certfile and keyfile:
        command += ["--certfile", str(certfile.resolve()), "--keyfile", str(keyfile.resolve())]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            command, cwd=HERE / name, env=_clean(), stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield _base_url(name, process, log, wait)
        finally:
            _stop(process)


def environment(name: str) -> Path:
    """The interpreter of the server's virtual environment, which is made when it isn't there.

    Its folder is named by a digest of the pins and the Python version, so a changed pin gets a new one. It is made
    beside its place and then moved there: a broken or concurrent installation never leaves half an environment.
    """
    requirements = HERE / name / "requirements.txt"
    content = requirements.read_bytes() + sys.version.encode()
    home = _cache() / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    if not _python(home).exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=home.parent))
        try:
            _install(name, draft, requirements)
            _move(draft, home)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return _python(home)


def _install(name: str, home: Path, requirements: Path) -> None:
    venv.create(home, with_pip=True)
    command = [str(_python(home)), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_clean())
    if done.returncode:
        raise LaunchError(f"{name}: its packages can't be installed:\n{done.stderr}")


def _move(draft: Path, home: Path) -> None:
    try:
        draft.rename(home)
    except OSError:  # another process was first: its environment is as good
        if not _python(home).exists():
            raise


def _python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "oauth2-conformance" / "servers"


def _clean() -> dict[str, str]:
    """The environment without what would let modules of the caller's Python in, or change Authlib's checks."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "AUTHLIB_INSECURE_TRANSPORT", "DJANGO_SETTINGS_MODULE"}
    return {key: value for key, value in os.environ.items() if key not in unwanted}


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
