"""Verdicts of the bundled client don't depend on the order of tests, nor on how many logins are played at a time.

    python -m tests.ordering.clients [--runs N]

A handful of runs in the one process of the matrix, each in another order, against the verdicts in the order of the
files; and by a command with `-n 2` and more, against one login after the other. Before a release: `--runs 40`.
"""

from __future__ import annotations

import argparse
import random
import sys

from conformance.base.verdict_words import Verdict
from tests.clients.running import cases
from tests.matrix_clients.engine import by_requirement, run
from tests.ordering.sweep import results_of, told

RUNS = 5
SIDE_BY_SIDE = (2, 3, 8)


def in_order(seed: int | None) -> dict[str, Verdict]:
    """The verdicts of one run in this process, by requirement; shuffled by a seed."""
    chosen = list(cases())
    if seed is not None:
        random.Random(seed).shuffle(chosen)
    return by_requirement(run(None, (), chosen))


def by_command(logins: int) -> dict[str, Verdict]:
    """The verdicts of a run of the command, so many logins at a time."""
    return results_of("--role", "client", "-n", str(logins))


def main() -> int:
    """Print how each run compares with the first; 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    in_files = in_order(None)
    wrong = sum(told(f"client, order {seed}", in_order(seed), in_files) for seed in range(options.runs))
    one_by_one = by_command(1)
    for logins in SIDE_BY_SIDE:
        wrong += told(f"client as a command, {logins} logins at a time", by_command(logins), one_by_one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
