"""Measures a newcomer's paths, each in seconds and in commands that have to be typed.

- bundled: from an empty environment to the report of the bundled server, by `pip install` and `run`
- third-party: `init`, `doctor` and `run` against django-oauth-toolkit, which is running already, with nothing given but
  its URL, two clients and an account
- wrong-secret: a run with a mistyped secret, to the line of the profile that is to be corrected
- terminated: a run that gets SIGTERM midway, as from `timeout` or a canceled job, to its reports
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from conformance.bundled import start_bundled
from conformance.reporting.summary import counted
from tests.servers.launch import launch

ROOT = Path(__file__).resolve().parents[2]
# Seconds that the steps of a path may take together.
BOUNDS: Mapping[tuple[str, ...], float] = {
    ("environment", "install", "run, bundled"): 60.0,
    ("init", "doctor", "run, third-party"): 300.0,
    ("run, wrong secret",): 60.0,
    ("from SIGTERM to the reports",): 10.0,
}
SECRETS = {
    "OAUTH2_CLIENT_SECRET": "confidential-secret",
    "OAUTH2_OTHER_CLIENT_SECRET": "other-secret",
    "OAUTH2_PASSWORD": "correct horse battery staple",
}
KNOWN = (
    *("--client-id", "confidential", "--redirect-uri", "https://client.example/cb"),
    *("--other-client-id", "other", "--other-redirect-uri", "https://other.example/cb"),
    *("--username", "alice"),
)
# A run that comes to a conclusion: no finding, or findings.
CONCLUDED = (0, 1)


class Steps:
    """The times of a newcomer's steps in seconds, and the processor time that their commands took."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.commands: dict[str, int] = {}

    @contextmanager
    def step(self, name: str, commands: int = 1) -> Iterator[None]:
        """Time one step, which takes so many commands."""
        started, before = time.perf_counter(), _processor_time()
        yield
        self.steps[name] = time.perf_counter() - started
        self.processor[name] = _processor_time() - before
        self.commands[name] = commands

    def total(self, *names: str) -> float:
        """The sum of some steps."""
        return sum(self.steps[name] for name in names)


def _processor_time() -> float:
    """Seconds that the commands so far took of the processor: what a busy machine doesn't change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def call(folder: Path, *words: str, more: Mapping[str, str] | None = None, allowed: tuple[int, ...] = (0,)) -> str:
    """Run a command as a newcomer does; returns what it said. Raises SystemExit with that when it fails."""
    environment = {**os.environ, "PYTHONPATH": "", **(more or {})}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout + done.stderr


def bundled(folder: Path, command: str, path: Steps) -> None:
    """From nothing to the report of the bundled server."""
    with path.step("environment"):
        venv.create(folder / ".venv", with_pip=True)
    with path.step("install"):
        pip = (str(folder / ".venv" / "bin" / "python"), "-m", "pip")
        call(folder, *pip, "install", "-q", "--no-cache-dir", str(ROOT))
    with path.step("run, bundled"):
        call(folder, command, "run")
    assert (folder / "reports" / "latest" / "report.html").exists()


def third_party(folder: Path, command: str, path: Steps) -> None:
    """From a URL to the report of a server that nobody here wrote."""
    with launch("django_oauth_toolkit") as url:
        with path.step("init"):
            call(folder, command, "init", url, "-o", "mine.toml", *KNOWN, more=SECRETS)
        with path.step("doctor"):
            call(folder, command, "doctor", "mine.toml", more=SECRETS)
        with path.step("run, third-party"):
            call(folder, command, "run", "mine.toml", "--reports", "mine", more=SECRETS, allowed=CONCLUDED)


def wrong_secret(folder: Path, command: str, path: Steps) -> None:
    """From a mistyped secret to the line that says so."""
    with start_bundled() as server:
        secret = '"client-a-demo-secret-8c1fQ2Zt"'
        text = server.profile.replace(secret, '"env:OAUTH2_CLIENT_SECRET"')
        (folder / "wrong.toml").write_text(text, encoding="utf-8")
        line = 1 + text.splitlines().index('client_secret = "env:OAUTH2_CLIENT_SECRET"')
        with path.step("run, wrong secret"):
            words = ("run", "wrong.toml", "--only", "rfc7009")
            told = call(folder, command, *words, more={"OAUTH2_CLIENT_SECRET": "mistyped"}, allowed=(6,))
    if f"wrong.toml, line {line}: clients.confidential.client_secret" not in told:
        raise SystemExit(f"line {line} is not named:\n{told[-4000:]}")


def terminated(folder: Path, command: str, path: Steps) -> None:
    """From SIGTERM, once a hundred tests have ended, to the reports."""
    process = subprocess.Popen(
        (command, "run", "--reports", "ended"), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while sum(each.read_bytes().count(b'{"test": ') for each in (folder / "ended").glob("2*/journal.jsonl")) < 100:
        time.sleep(0.05)
    with path.step("from SIGTERM to the reports", commands=0):
        process.terminate()
        code = process.wait(60)
    content = json.loads((folder / "ended" / "latest" / "results.json").read_text(encoding="utf-8"))
    if (code, content["conclusion"]) != (2, "interrupted"):
        raise SystemExit(f"exit code {code}, conclusion {content['conclusion']}")


PATHS = {"bundled": bundled, "third-party": third_party, "wrong-secret": wrong_secret, "terminated": terminated}


def main() -> int:
    """Walk the paths; exit code 1 when one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--command", help="an installed oauth2-conformance: leaves out the path that installs one")
    parser.add_argument("paths", nargs="*", choices=[*PATHS, []], help="which ones (default: all)")
    options = parser.parse_args()
    given = options.command and shutil.which(options.command)
    if options.command and not given:
        parser.error(f"--command {options.command}: there is no such command")
    path = Steps()
    with tempfile.TemporaryDirectory(prefix="newcomer-") as name:
        folder = Path(name)
        # Each path runs in a folder of its own.
        command = str(Path(given).absolute()) if given else str(folder / ".venv" / "bin" / "oauth2-conformance")
        for each in options.paths or PATHS:
            if each != "bundled" or not given:
                PATHS[each](folder, command, path)
    return report(path, options.json)


def report(path: Steps, as_json: bool) -> int:
    """Print the figures; 1 when one is beyond its bound."""
    if as_json:
        print(json.dumps({"steps": path.steps, "processor": path.processor, "commands": path.commands}))
    else:
        for name, seconds in path.steps.items():
            number = counted(path.commands[name], "command")
            print(f"{name:<28} {seconds:7.1f} s, {path.processor[name]:5.1f} s of the processor, {number}")
    late = False
    for names, bound in BOUNDS.items():
        if set(names) <= set(path.steps):
            total = path.total(*names)
            late = late or total > bound
            if not as_json:
                print(f"{' + '.join(names)}: {total:.1f} s ({bound:.0f} s or less)")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
