"""Measures fuzzing: exchanges per second of each part, beside what schemathesis' own command line reaches.

Parts are the modules of `conformance/fuzz`. Both sides ask the bundled server over TLS, one after the other, in one
process each; schemathesis reads the same OpenAPI document. Absolute figures depend on the machine: compare those of one
run.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.base.budgets import BUDGETS
from conformance.bundled import BundledServer, start_bundled
from conformance.harness.fuzzing import fuzzing_of
from conformance.profile.loading import parse_profile
from conformance.running.collecting import Case, collect_cases
from conformance.running.single_test import execute
from conformance.running.whole_run import open_session
from conformance.tally.catalogue import load_catalogue

OPENAPI = Path(__file__).parents[2] / "schemas" / "openapi.yaml"
PROGRAM = Path(sys.executable).with_name("schemathesis")
GENERATED = re.compile(r"(\d+) generated")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one part did."""

    name: str
    tests: int
    exchanges: int
    seconds: float

    def __str__(self) -> str:
        rate = self.exchanges / self.seconds if self.seconds else 0.0
        tests = f"{self.tests:>3} tests" if self.tests else " " * 9
        return f"{self.name:<24} {tests} {self.exchanges:>6} exchanges {self.seconds:>6.1f} s {rate:>6.0f}/s"


def part_of(case: Case) -> str:
    """The module that a test stands in."""
    return case.function.__module__.rpartition(".")[2].removeprefix("test_")


def measured(name: str, cases: Iterable[Case], server: BundledServer, budget: str) -> Rate:
    """Run the tests of one part."""
    catalogue = load_catalogue()
    profile = parse_profile(server.profile, "the bundled server's profile")
    session = open_session(profile, fuzzing=fuzzing_of(budget, 0))
    chosen = list(cases)
    started = time.perf_counter()
    for case in chosen:
        execute(case.function, case.parameters, catalogue.by_id[case.requirement], case.needs, session)
    elapsed = time.perf_counter() - started
    session.close()
    return Rate(name, len(chosen), session.sent, elapsed)


def schemathesis(server: BundledServer, examples: int) -> Rate | None:
    """What schemathesis' command line sends and how long it takes; None where its output tells no number."""
    profile = parse_profile(server.profile, "the bundled server's profile")
    words = ["run", str(OPENAPI), "--url", profile.target.base_url, "--max-examples", str(examples)]
    words += [
        "--tls-verify",
        str(profile.target.ca_file),
        "--phases",
        "fuzzing",
        "--seed",
        "1",
        "--continue-on-failure",
    ]
    started = time.perf_counter()
    with TemporaryDirectory() as folder:  # It leaves a cache where it runs.
        done = subprocess.run(
            [str(PROGRAM), *words], capture_output=True, text=True, check=False, timeout=300, cwd=folder
        )
    elapsed = time.perf_counter() - started
    found = GENERATED.search(done.stdout)
    return Rate("schemathesis run", 0, int(found.group(1)), elapsed) if found else None


def main() -> int:
    """Print a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fuzz", choices=list(BUDGETS), default="quick")
    options = parser.parse_args()
    cases = collect_cases("fuzz/test_*.py", fuzz=True)
    parts: dict[str, list[Case]] = {}
    for case in cases:
        parts.setdefault(part_of(case), []).append(case)
    with start_bundled() as server:
        rates = []
        for name, chosen in parts.items():
            rates.append(measured(name, chosen, server, options.fuzz))
            print(rates[-1], flush=True)
        beside = schemathesis(server, BUDGETS[options.fuzz].examples)
    whole = [sum(getattr(rate, name) for rate in rates) for name in ("tests", "exchanges", "seconds")]
    print(Rate(f"all, --fuzz {options.fuzz}", *whole))  # type: ignore[arg-type]
    if beside is None:
        print("schemathesis told no number of its requests", file=sys.stderr)
        return 1
    print(beside)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
