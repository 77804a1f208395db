"""The whole sweep: every variant that ends what others have brought, in ten orders, and in one, two, three and eight
processes. `python -m tests.ordering.sweep`
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from conformance.base.verdict_words import Verdict
from tests.matrix.engine import Ended, by_requirement, reasons
from tests.ordering.orders import ENDING, expected, verdicts

SEEDS = range(10)
PROCESSES = (1, 2, 3, 8)


def main() -> int:
    """Print how each run compares with the default server in file order; 1 if any differs from what is declared."""
    on_default = verdicts(None)
    wrong = 0
    for seed in SEEDS:
        ended = verdicts(None, seed)
        wrong += told(f"default server, order {seed}", by_requirement(ended), by_requirement(on_default), ended)
    for variant in ENDING:
        wanted = expected(variant, on_default)
        for order in (None, *SEEDS):
            ended = verdicts(variant, order)
            wrong += told(
                f"{variant}, {'file order' if order is None else f'order {order}'}",
                by_requirement(ended),
                wanted,
                ended,
            )
        in_one = run(variant, PROCESSES[0])
        for number in PROCESSES[1:]:
            wrong += told(f"{variant}, {number} processes", run(variant, number), in_one)
    return 1 if wrong else 0


def told(
    what: str, found: Mapping[str, Verdict], wanted: Mapping[str, Verdict], ended: Mapping[str, Ended] | None = None
) -> int:
    """One line, and why verdicts differ; how many do."""
    different = {name for name in found if found[name] != wanted[name]}
    print(f"{what}: {f'{len(different)} verdicts differ' if different else 'the same'}", flush=True)
    for name in sorted(different):
        print(f"  {name}: {found[name]}, not {wanted[name]}")
    if ended and different:
        print(reasons(ended, different))
    return len(different)


def run(variant: str, processes: int) -> dict[str, Verdict]:
    """The verdicts of a run over sockets."""
    return results_of("--variant", variant, "-n", str(processes))


def results_of(*words: str) -> dict[str, Verdict]:
    """The verdicts of a run of the command."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("oauth2-conformance")), "run", *words, "--reports", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        file = Path(folder) / "latest" / "results.json"
        assert file.exists(), done.stdout + done.stderr
        content = json.loads(file.read_text(encoding="utf-8"))
    return {entry["id"]: entry["verdict"] for entry in content["requirements"]}


if __name__ == "__main__":
    sys.exit(main())
