"""Changes the reference server's steps mechanically, one place at a time, and lists what no directed test notices.

    python -m tests.mutants                     every mutant
    python -m tests.mutants --changed           those of functions that differ from main (or --base REV)
    python -m tests.mutants --only refuse_      those whose name holds a text
    python -m tests.mutants --sample 50 --seed 7   so many of them, drawn with a seed
    python -m tests.mutants --journal FILE      goes on where a run was stopped that wrote the file

Exits with 1 when a mutant lives that `explained.toml` doesn't explain, when an explanation is stale, or when fewer
than 90 % are noticed: killed by a test, or in the way of so much that tests can't decide.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from tests.mutants.explanations import explanations, stale, unexplained
from tests.mutants.mutating import Mutant, lines_of, mutants_of
from tests.mutants.owing import is_owed
from tests.mutants.running import NOTICED, Result
from tests.mutants.swapping import STEPS
from tests.mutants.tracing import Line
from tests.mutants.trying import tried

LEAST_NOTICED = 0.9


def all_mutants() -> list[Mutant]:
    """Every mutant of the reference server's steps, less those of what no sentence owes."""
    return [each for path in sorted(STEPS.glob("*.py")) for each in mutants_of(path) if is_owed(each)]


def changed_since(base: str, mutants: Iterable[Mutant]) -> list[Mutant]:
    """The mutants of functions with a line that differs from a commit."""
    changed: set[Line] = set()
    for path in sorted(STEPS.glob("*.py")):
        command = ["git", "diff", "--unified=0", base, "--", str(path)]
        diff = subprocess.run(command, capture_output=True, text=True, check=True, cwd=STEPS).stdout
        changed |= {(path.name, number) for number in lines_of(diff)}
    return [mutant for mutant in mutants if any((mutant.path.name, line) in changed for line in mutant.lines)]


def drawn(mutants: Sequence[Mutant], number: int | None, seed: int) -> list[Mutant]:
    """So many of the mutants, in their order; the same ones for the same seed. None: all."""
    if number is None or number >= len(mutants):
        return list(mutants)
    kept = {mutant.name for mutant in Random(seed).sample(list(mutants), number)}
    return [mutant for mutant in mutants if mutant.name in kept]


def main() -> int:
    """Print survivors by line, and the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changed", action="store_true", help="only functions that differ from --base")
    parser.add_argument("--base", default="main", metavar="REV")
    parser.add_argument("--only", default="", metavar="TEXT", help="only mutants whose name holds this")
    parser.add_argument("--sample", type=int, metavar="N", help="no more than so many of them, drawn with --seed")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="go on where a run that wrote it was stopped")
    options = parser.parse_args()
    # What a mutated server says of its own mistakes is of no interest here.
    logging.disable(logging.CRITICAL)
    started = time.monotonic()
    known = all_mutants()
    chosen = changed_since(options.base, known) if options.changed else known
    mutants = drawn([each for each in chosen if options.only in each.name], options.sample, options.seed)
    if not mutants:
        print("no mutant is asked for: no function of the steps has changed" if options.changed else "no such mutant")
        return 0
    results = list(tried(mutants, options.journal))
    return report(results, [mutant.name for mutant in known], time.monotonic() - started)


def report(results: Sequence[Result], known: Iterable[str], seconds: float) -> int:
    """Print what became of the mutants; the exit code."""
    reasons = explanations()
    open_ones, outdated = unexplained(results, reasons), stale(results, reasons, known)
    for each in sorted(open_ones, key=lambda each: (each.mutant.path.name, each.mutant.line)):
        print(f"{each.status:9}  steps/{each.mutant.path.name}:{each.mutant.line}  {each.mutant.name}")
    for name in outdated:
        print(f"stale      {name}")
    counts = Counter(each.status for each in results)
    share = sum(counts[status] for status in NOTICED) / len(results)
    words = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    print(f"{len(results)} mutants: {words}; {share:.1%} noticed; {len(open_ones)} unexplained; {seconds:.0f} s")
    return 1 if open_ones or outdated or share < LEAST_NOTICED else 0


if __name__ == "__main__":
    raise SystemExit(main())
