"""Measures the bundled run: time, peak memory, exchanges, and the ratio to its floor.

It runs as it is installed, with its modules compiled: a first run, which isn't counted, compiles those of a checkout.

The floor is a bare httpx client that sends the same mix of requests, as many, along their success and error paths, on
one keep-alive connection. Absolute times depend on the machine: compare ratios of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from conformance.bundled import start_bundled
from tests.bench.floor import Kind, kind_of, send_mix


def run_once(folder: Path) -> tuple[float, dict[str, int]]:
    """Seconds from command to reports, and peak memory in bytes of suite and server."""
    command = [sys.executable, "-P", "-m", "conformance.cli", "run", "--reports", str(folder)]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    peaks: dict[str, int] = {}
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    process.wait()
    elapsed = time.perf_counter() - started
    watcher.join()
    return elapsed, peaks


def _watch(process: subprocess.Popen[bytes], peaks: dict[str, int]) -> None:
    """Sample resident memory of the suite's process and its children."""
    suite = psutil.Process(process.pid)
    while process.poll() is None:
        for name, each in [("suite", suite), *(("server", child) for child in _children(suite))]:
            try:
                peaks[name] = max(peaks.get(name, 0), each.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.05)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def mix_of(results: dict[str, Any]) -> Counter[Kind]:
    """How many exchanges of each kind a run had. Evidence that tests share is one exchange."""
    distinct = {(each["at"], each["request"]["url"]): each for each in results["exchanges"] if "response" in each}
    return Counter(kind_of(exchange) for exchange in distinct.values())


def main() -> int:
    """Print the figures; exit 1 when a ceiling is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ceiling", type=float, default=2.0, help="the largest ratio to the floor that is accepted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run_once(folder)
        results = json.loads((folder / "latest" / "results.json").read_text(encoding="utf-8"))
        mix = mix_of(results)
        runs, floors = [], []
        for _ in range(options.runs):
            # In turns: a machine that gets slower slows both.
            runs.append(run_once(folder))
            with start_bundled() as server:
                floors.append(send_mix(server.profile, mix))
    elapsed, floor = statistics.median(seconds for seconds, _ in runs), statistics.median(floors)
    total = sum(mix.values())
    print(f"run: {elapsed:.2f} s from command to reports (of {options.runs}: median)")
    for process in ("suite", "server"):
        print(f"peak memory, {process}: {max(peaks.get(process, 0) for _, peaks in runs) / 2**20:.0f} MB")
    print(f"tests: {results['counts']['tests']}, exchanges: {total}")
    print(f"floor: {floor:.2f} s for the same mix by a bare httpx client ({total / floor:.0f} exchanges/s)")
    print(f"ratio: {elapsed / floor:.2f} (ceiling {options.ceiling:.1f})")
    return 0 if elapsed / floor <= options.ceiling else 1


if __name__ == "__main__":
    raise SystemExit(main())
