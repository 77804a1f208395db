"""Measures a newcomer's path: from an empty environment to the first report, and to that of a third-party server.

The first is `pip install` and `run` against the bundled server; the second `init`, `doctor` and `run` against
django-oauth-toolkit, which is running already, with nothing given but its URL, two clients and an account.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import launch

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_THE_BUNDLED_REPORT = 60.0
SECONDS_TO_A_THIRD_PARTY_REPORT = 300.0
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

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        started, before = time.perf_counter(), _processor_time()
        yield
        self.steps[name] = time.perf_counter() - started
        self.processor[name] = _processor_time() - before

    def total(self, *names: str) -> float:
        """The sum of some steps."""
        return sum(self.steps[name] for name in names)


def _processor_time() -> float:
    """Seconds that the commands so far took of the processor: what a busy machine doesn't change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def call(folder: Path, *words: str, more: Mapping[str, str] | None = None, allowed: tuple[int, ...] = (0,)) -> None:
    """Run a command as a newcomer does. Raises SystemExit with what it said when it fails."""
    environment = {**os.environ, "PYTHONPATH": "", **(more or {})}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def main() -> int:
    """Walk both paths; exit code 1 when one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    as_json = parser.parse_args().json
    path = Steps()
    with tempfile.TemporaryDirectory(prefix="newcomer-") as name, launch("django_oauth_toolkit") as url:
        folder = Path(name)
        command = str(folder / ".venv" / "bin" / "oauth2-conformance")
        with path.step("environment"):
            venv.create(folder / ".venv", with_pip=True)
        with path.step("install"):
            pip = (str(folder / ".venv" / "bin" / "python"), "-m", "pip")
            call(folder, *pip, "install", "-q", "--no-cache-dir", str(ROOT))
        with path.step("run, bundled"):
            call(folder, command, "run")
        assert (folder / "reports" / "latest" / "report.html").exists()
        with path.step("init"):
            call(folder, command, "init", url, "-o", "mine.toml", *KNOWN, more=SECRETS)
        with path.step("doctor"):
            call(folder, command, "doctor", "mine.toml", more=SECRETS)
        with path.step("run, third-party"):
            call(folder, command, "run", "mine.toml", "--reports", "mine", more=SECRETS, allowed=CONCLUDED)
        conclusion = json.loads((folder / "mine" / "latest" / "results.json").read_text(encoding="utf-8"))["conclusion"]
    return report(path, conclusion, as_json)


def report(path: Steps, conclusion: str, as_json: bool) -> int:
    """Print the figures; 1 when one is beyond its bound."""
    bundled = path.total("environment", "install", "run, bundled")
    third_party = path.total("environment", "install", "init", "doctor", "run, third-party")
    if as_json:
        print(
            json.dumps(
                {"steps": path.steps, "processor": path.processor, "bundled": bundled, "third_party": third_party}
            )
        )
    else:
        for name, seconds in path.steps.items():
            print(f"{name:<20} {seconds:7.1f} s, {path.processor[name]:5.1f} s of the processor")
        print(f"\nempty environment to the report of the bundled server: {bundled:.1f} s (60 s or less)")
        print(f"empty environment to that of a third-party server:     {third_party:.1f} s (300 s or less)")
        print(f"its conclusion: {conclusion}")
    in_time = bundled <= SECONDS_TO_THE_BUNDLED_REPORT and third_party <= SECONDS_TO_A_THIRD_PARTY_REPORT
    return 0 if in_time else 1


if __name__ == "__main__":
    sys.exit(main())
