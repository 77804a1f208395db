"""Measures the reports of a made-up run: time and memory to make each of them, for so many exchanges.

The run is as large as asked for, its evidence as long as that of a real one. Each report is made in a fresh process, so
that imports, compiled templates and peak memory are its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from conformance import reporting
from tests.reporting import synthetic

CEILING_SECONDS, CEILING_MEMORY = 5.0, 500 * 2**20


def run_with(exchanges: int) -> dict[str, Any]:
    """The content of a `results.json` with at least so many exchanges."""
    each = 1
    while len((content := synthetic.full_run(exchanges_each=each))["exchanges"]) < exchanges:
        each = max(each + 1, each * exchanges // len(content["exchanges"]))
    return content


def measure(results: Path, folder: Path, forms: list[str]) -> dict[str, float]:
    """CPU seconds and peak memory in bytes of writing these reports, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.reports", "--one", str(results), str(folder), *forms]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(output))


def one(results: Path, folder: Path, forms: list[str]) -> None:
    """What the process does that is measured: read results, write reports, say what it took."""
    content = json.loads(results.read_text(encoding="utf-8"))
    before = time.process_time()
    reporting.write_reports(content, folder, forms)
    taken = time.process_time() - before
    print(json.dumps({"seconds": taken, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def main() -> int:
    """Print the figures; exit 1 when a ceiling is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        results, folder, *forms = options.one
        one(Path(results), Path(folder), forms)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = run_with(options.exchanges)
        results = folder / "results.json"
        results.write_text(json.dumps(content), encoding="utf-8")
        print(f"{len(content['exchanges'])} exchanges, results.json {results.stat().st_size / 2**20:.1f} MB")
        for forms in ([form] for form in reporting.FILES):
            figures = measure(results, folder, forms)
            size = (folder / reporting.FILES[forms[0]]).stat().st_size
            print(
                f"{forms[0]:<9} {figures['seconds']:5.2f} s {figures['memory'] / 2**20:4.0f} MB {size / 2**20:5.1f} MB"
            )
        figures = measure(results, folder, list(reporting.WRITTEN_BY_A_RUN))
    print(
        f"all that a run writes: {figures['seconds']:.2f} s (ceiling {CEILING_SECONDS:.0f}),"
        f" {figures['memory'] / 2**20:.0f} MB (ceiling {CEILING_MEMORY / 2**20:.0f})"
    )
    return 0 if figures["seconds"] <= CEILING_SECONDS and figures["memory"] <= CEILING_MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main())
