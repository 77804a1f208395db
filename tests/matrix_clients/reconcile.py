"""Shows where defects and variants of the reference client differ from what they declare.

    python -m tests.matrix_clients.reconcile [--write] [NAME ...]

Read each line: an unexpected break is a true consequence or a false alarm of a test. `--write` puts what turns besides
beside its module (`defects/pkce.toml`); what a defect declares in its source and doesn't break is edited by hand.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from reference_client.defects import DEFECTS
from reference_client.variants import VARIANTS
from tests.matrix import reconciling
from tests.matrix.reconciling import Seen, compared, files_of, turn, unexpected, write
from tests.matrix_clients.engine import (
    UNDECIDED,
    clean,
    clean_variant,
    declared_changes,
    defect_differences,
    differences,
    reasons,
)


def look_at_defect(name: str) -> Seen:
    """Run one defect."""
    defect = next(each for each in DEFECTS if each.name == name)
    found, ended = defect_differences(defect)
    seen = {identifier: turn(after, UNDECIDED) for identifier, (_, after) in found.items()}
    declared = {**dict.fromkeys(defect.breaks, "broken"), **dict.fromkeys(defect.blocks, "blocked")}
    return compared("defect", name, seen, declared, reasons(ended, unexpected(seen, declared)))


def look_at_variant(name: str) -> Seen:
    """Run one variant."""
    variant = next(each for each in VARIANTS if each.name == name)
    ended = clean_variant(name)
    seen: dict[str, str] = {i: after for i, (_, after) in differences(clean(), ended).items()}
    declared = declared_changes(variant)
    return compared("variant", name, seen, declared, reasons(ended, unexpected(seen, declared)))


def show(seen: Seen) -> None:
    """Print one difference with its reasons; a dot where there is none."""
    if not seen.more and not seen.fewer:
        print(".", flush=True)
        return
    reconciling.show(seen)


def main() -> int:
    """Print what differs; write it when told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    chosen = set(options.names)
    defects = [each.name for each in DEFECTS if not chosen or each.name in chosen]
    variants = [each.name for each in VARIANTS if not chosen or each.name in chosen]
    # Started anew: a fork would take over locks of the threads that serve stages.
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        begun = [pool.submit(look_at_defect, name) for name in defects]
        begun += [pool.submit(look_at_variant, name) for name in variants]
        looks = []
        for each in as_completed(begun):
            looks.append(each.result())
            show(looks[-1])
    differing = [seen for seen in looks if seen.more or seen.fewer]
    if options.write:
        write(files_of("reference_client"), "tests/matrix_clients/reconcile.py", differing)
    print(f"{len(differing)} of {len(looks)} differ from what they declare")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
