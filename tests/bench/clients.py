"""Measures the run of the bundled client: time, logins, and the ratio to what starting its processes costs.

The floor is that many processes of the client, two at a time, each with all its imports and nothing to do. Absolute
times depend on the machine: compare ratios of one run. `python -m tests.bench.clients`
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conformance.bundled.clients import profile_with

# As many as `run --role client` plays by itself on two processors.
RUN = [sys.executable, "-P", "-m", "conformance.cli", "run", "-n", "2"]
# Without an issuer it says that there is none, and ends.
CLIENT = [sys.executable, "-P", "-m", "reference_client"]
MOST_LOGINS = 90


def counted(begun: Path) -> list[str]:
    """The client, as a command that leaves a byte in a file whenever it is begun."""
    return ["sh", "-c", f"echo >>'{begun}'; exec \"$@\"", "sh", *CLIENT]


def run_once(folder: Path) -> tuple[float, int]:
    """Seconds from command to reports, and how many processes of the client were begun."""
    begun, profile = folder / "begun", folder / "client.toml"
    begun.write_text("", encoding="ascii")
    profile.write_text(profile_with(None, {"command": counted(begun)}), encoding="utf-8")
    started = time.perf_counter()
    subprocess.run([*RUN, str(profile), "--reports", str(folder)], capture_output=True, check=True)
    return time.perf_counter() - started, len(begun.read_bytes())


def start_processes(count: int, folder: Path) -> float:
    """Seconds that so many processes of the client take to begin, counted likewise, and to end, two at a time."""
    command = counted(folder / "begun")
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: subprocess.run(command, capture_output=True, env={}, check=False), range(count)))
    return time.perf_counter() - started


def main() -> int:
    """Print the figures; exit 1 when a ceiling is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ceiling", type=float, default=1.3, help="the largest ratio to the floor that is accepted")
    options = parser.parse_args()
    runs, floors, logins = [], [], 0
    with tempfile.TemporaryDirectory() as name:
        for _ in range(options.runs):
            # In turns: what else the machine does meets both alike.
            seconds, logins = run_once(Path(name))
            runs.append(seconds)
            floors.append(start_processes(logins, Path(name)))
    ratio = statistics.median(run / floor for run, floor in zip(runs, floors, strict=True))
    print(f"run: {statistics.median(runs):.2f} s from command to reports (of {options.runs}: median)")
    print(f"logins: {logins} (at most {MOST_LOGINS})")
    print(f"floor: {statistics.median(floors):.2f} s for starting as many processes of the client")
    print(f"ratio: {ratio:.2f} (ceiling {options.ceiling:.1f})")
    return 0 if ratio <= options.ceiling and logins <= MOST_LOGINS else 1


if __name__ == "__main__":
    raise SystemExit(main())
