"""Measures what workers gain on a slow network: the bundled server 100 ms away, with one process and with eight.

The verdicts have to be the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.bundled import start_bundled
from tests.bench.latency import slow_relay


def run(profile: Path, workers: int, only: Sequence[str], folder: Path) -> tuple[float, Mapping[str, Any]]:
    """Seconds from command to reports, and the results."""
    command = [sys.executable, "-P", "-m", "conformance.cli", "run", str(profile), "-n", str(workers)]
    words = [word for what in only for word in ("--only", what)]
    started = time.perf_counter()
    subprocess.run([*command, "--reports", str(folder), *words], stdout=subprocess.DEVNULL, check=False)
    elapsed = time.perf_counter() - started
    return elapsed, json.loads((folder / "latest" / "results.json").read_text(encoding="utf-8"))


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Requirements whose verdict differs between two results."""
    verdicts = {entry["id"]: entry["verdict"] for entry in one["requirements"]}
    return [
        f"{entry['id']}: {verdicts[entry['id']]}, {entry['verdict']} in parallel: {entry['reason']}"
        for entry in other["requirements"]
        if entry["verdict"] != verdicts[entry["id"]]
    ]


def main() -> int:
    """Print the figures; exit 1 when workers gain too little or change a verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--round-trip", type=float, default=0.1, help="seconds that are added to each round trip")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--ceiling", type=float, default=0.25, help="the largest share of the time that is accepted")
    parser.add_argument("--only", action="append", default=[], help="narrow the runs, as `run --only` does")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, start_bundled() as server:
        folder, here = Path(name), server.announcement["base_url"]
        with slow_relay(urlsplit(here).port or 0, options.round_trip) as port:
            profile = folder / "slow.toml"
            profile.write_text(server.profile.replace(here, f"https://127.0.0.1:{port}"), encoding="utf-8")
            parallel, several = run(profile, options.workers, options.only, folder / "several")
            alone, one = run(profile, 0, options.only, folder / "one")
    print(f"one process: {alone:.1f} s for {one['counts']['exchanges']} exchanges")
    print(f"{options.workers} workers: {parallel:.1f} s for {several['counts']['exchanges']} exchanges")
    print(f"share: {parallel / alone:.2f} (ceiling {options.ceiling:.2f})")
    changed = differences(one, several)
    print(*changed, sep="\n")
    return 0 if parallel / alone <= options.ceiling and not changed else 1


if __name__ == "__main__":
    raise SystemExit(main())
