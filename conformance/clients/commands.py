"""A command as a client: one process for one login, with a browser of ours on its path and a time limit.

It gets a list of environment variables, never the whole of ours. A URL that it opens in a browser, or prints, is opened
by the suite's own user agent, which goes on to the client's listener on loopback and reads the page there.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.base.uris import urlsplit
from conformance.clients.context import Context, variables
from conformance.clients.endings import LONGEST_PAUSE, Ending, UnusableClient
from conformance.clients.login_browser import Browser, NoWayBack
from conformance.clients.places import Watch
from conformance.profile.client_role import Driving

BROWSERS = ("browser", "xdg-open", "open", "x-www-browser", "sensible-browser")
# One line for each URL: they are opened by the process that reads them.
SCRIPT = """#!/bin/sh
for word in "$@"; do
  case "$word" in http*) printf '%s\\n' "$word" >> {urls} ;; esac
done
"""
KEPT = ("HOME", "LANG", "LC_ALL", "PATH")
# Characters of output that are kept: a client may flood.
MOST_OUTPUT = 20_000
# Seconds that a client may go on once its page has answered, and nothing was heard of it any more.
GRACE = 3.0
PAUSE = 0.05
# Seconds of silence, in a login that has begun, after which the client is only waited for.
SILENCE = 0.4


@dataclass
class Output:
    """What a process prints, read as it comes, and the URLs in it that lead to one of the authorization endpoints."""

    endpoints: tuple[str, ...]
    text: str = ""
    urls: list[str] = field(default_factory=list)
    # There is something to do: a URL came, or all has come, as at the end of the process.
    news: threading.Event = field(default_factory=threading.Event)
    ended: bool = False

    def read(self, stream: object) -> None:
        """Read what comes, line by line, to its end."""
        places = "|".join(re.escape(endpoint.partition("?")[0]) for endpoint in self.endpoints)
        pattern = re.compile(rf"(?:{places})\?[^\s\"'<>`()\[\]\x1b]+")
        for line in stream:  # type: ignore[attr-defined]
            text = line.decode("utf-8", "replace")
            if len(self.text) < MOST_OUTPUT:
                self.text += text[: MOST_OUTPUT - len(self.text)]
            found = pattern.findall(text)
            self.urls += found
            if found:
                self.news.set()
        self.ended = True
        self.news.set()


def run_command(driving: Driving, context: Context, browser: Browser, watch: Watch) -> Ending:
    """One login of a command. Raises UnusableClient for one that can't be started."""
    with tempfile.TemporaryDirectory(prefix="oauth2-client-") as folder:
        urls = Path(folder) / "urls"
        urls.touch()
        _write_browsers(Path(folder), urls)
        environment = _environment(driving, context, folder)
        watch.place.take()
        process = _started(driving, environment, watch)
        stages = [context, *([context.second] if context.second is not None else [])]
        output = Output(tuple(each.authorization_endpoint for each in stages))
        reader = threading.Thread(target=output.read, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            return _followed(process, driving.time_limit, browser, (urls, output, watch), reader)
        finally:
            _end(process)
            watch.place.leave()


def _write_browsers(folder: Path, urls: Path) -> None:
    for name in BROWSERS:
        (folder / name).write_text(SCRIPT.format(urls=f"'{urls}'"), encoding="ascii")
        (folder / name).chmod(0o700)


def _environment(driving: Driving, context: Context, folder: str) -> dict[str, str]:
    own = {name: os.environ[name] for name in (*KEPT, *driving.env) if name in os.environ}
    path = os.pathsep.join([folder, own.get("PATH", os.defpath)])
    here = ",".join(dict.fromkeys(("127.0.0.1", "localhost", urlsplit(context.issuer).hostname or "")))
    return {
        **own,
        **variables(context),
        "PATH": path,
        "BROWSER": f"{folder}/browser",
        "NO_PROXY": here,
        "no_proxy": here,
    }


def _started(driving: Driving, environment: dict[str, str], watch: Watch) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            driving.command,
            cwd=driving.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        watch.place.leave()
        raise UnusableClient(f"driver.command: {driving.command[0]} can't be started: {error}") from error


def _followed(
    process: subprocess.Popen[bytes],
    seconds: float,
    browser: Browser,
    told: tuple[Path, Output, Watch],
    reader: threading.Thread,
) -> Ending:
    """Open what the client wants opened until it has ended, or has had its time."""
    urls, output, watch = told
    opened, known = set[tuple[str, int]](), 0
    spent = silent = 0.0
    while process.poll() is None and spent < seconds:
        began = time.perf_counter()
        for url, times in _wanted(_lines(urls), output):
            if (url, times) not in opened:
                opened.add((url, times))
                with contextlib.suppress(NoWayBack):
                    browser.browse(url)
                silent = 0.0
        signs = watch.signs() + len(output.text)
        if signs != known:
            known, silent = signs, 0.0
        if browser.pages and silent > GRACE:
            return Ending("answered", f"its page answered, and it ran on for {GRACE:g} s", output.text)
        if known and silent > SILENCE:
            watch.place.leave()
        spent += time.perf_counter() - began
        paused = _wait_for_news(process, output)
        spent, silent = spent + paused, silent + paused
    if process.poll() is None:
        return Ending("timed out", f"its process did not end within {seconds:g} s", output.text)
    reader.join(1)
    how = "succeeded" if process.returncode == 0 else "refused"
    return Ending(how, f"its process ended with exit code {process.returncode}", output.text)  # type: ignore[arg-type]


def _wait_for_news(process: subprocess.Popen[bytes], output: Output) -> float:
    """Wait a little, no longer than until a URL comes or the process ends. Returns the seconds that this took."""
    began = time.perf_counter()
    if output.ended:
        # Its end follows that of its output, unless it has closed that.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PAUSE)
    elif output.news.wait(PAUSE):
        output.news.clear()
    return min(time.perf_counter() - began, LONGEST_PAUSE)


def _wanted(opened: list[str], output: Output) -> Iterator[tuple[str, int]]:
    """What to open: an authorization request once, printed or not, and a page of the client's as often as it says."""
    times = Counter[str]()
    for url in (*opened, *output.urls):
        leads_there = url.startswith(tuple(each.partition("?")[0] for each in output.endpoints))
        times[url] += not leads_there
        yield url, times[url]


def _lines(file: Path) -> list[str]:
    if not file.stat().st_size:
        return []
    return file.read_text(encoding="utf-8", errors="replace").splitlines()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
