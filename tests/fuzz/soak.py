"""The once-only proof that fuzzing raises no false alarm: many seeds on the clean server, every variant at `quick`.

Exits with 1 when any fuzz test found a breach, or failed at its work, where there is nothing to find.

    python -m tests.fuzz.soak [--quick 50] [--standard 5] [--no-variants] [--seed 1]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from conformance.running.single_test import Execution
from reference_server.variants import VARIANTS
from tests.fuzz.running import fuzz_cases, fuzzed, in_words
from tests.matrix.engine import variant_named


@dataclass(frozen=True, slots=True)
class Soaked:
    """One pass over all fuzz tests on a server with nothing to find."""

    name: str
    words: Counter[str]
    examples: int
    exchanges: int
    seconds: float
    alarms: str


def soak(budget: str, seed: int, variant: str | None = None) -> Soaked:
    """Run every fuzz test once."""
    started = time.process_time()
    ended = fuzzed(fuzz_cases(), budget, seed, variant)
    stats = [each.trial.fuzzed for each in ended.values() if each.trial.fuzzed is not None]
    odd = {name: each for name, each in ended.items() if each.outcome.word in ("broken", "error", "inconclusive")}
    alarms = {name: each for name, each in odd.items() if not _is_declared(name, each, variant)}
    return Soaked(
        name=f"{variant or 'clean server'}, {budget}, seed {seed}",
        words=Counter(each.outcome.word for each in ended.values()),
        examples=sum(each.examples for each in stats),
        exchanges=sum(each.exchanges for each in stats),
        seconds=time.process_time() - started,
        alarms=in_words(alarms),
    )


def _is_declared(test: str, execution: Execution, variant: str | None) -> bool:
    """Whether the variant says itself that it breaks the requirement: a decision of ours, which only warns."""
    chosen = variant_named(variant)
    declared = chosen.changes.get(test.partition("::")[0]) if chosen else None
    return execution.outcome.word == "broken" and declared == "warned"


def main() -> int:
    """Print a line for each pass, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", type=int, default=50, help="seeds at the budget quick")
    parser.add_argument("--standard", type=int, default=5, help="seeds at the budget standard")
    parser.add_argument("--no-variants", action="store_true")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("-n", type=int, default=2, dest="processes")
    options = parser.parse_args()
    passes: list[tuple[str, int, str | None]] = []
    passes += [] if options.no_variants else [("quick", options.seed, variant.name) for variant in VARIANTS]
    passes += [("quick", options.seed + n, None) for n in range(options.quick)]
    passes += [("standard", options.seed + n, None) for n in range(options.standard)]
    done: list[Soaked] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for soaked in pool.map(soak, *zip(*passes, strict=True)):
            done.append(soaked)
            words = ", ".join(f"{number} {word}" for word, number in sorted(soaked.words.items()))
            print(f"{soaked.name}: {words}; {soaked.exchanges} exchanges, {soaked.seconds:.1f} s of CPU", flush=True)
            if soaked.alarms:
                print(soaked.alarms, flush=True)
    false = [soaked for soaked in done if soaked.alarms]
    total = sum(soaked.examples for soaked in done), sum(soaked.exchanges for soaked in done)
    print(f"{len(done)} passes, {total[0]} examples, {total[1]} exchanges: {len(false)} passes with alarms")
    return 1 if false else 0


if __name__ == "__main__":
    raise SystemExit(main())
