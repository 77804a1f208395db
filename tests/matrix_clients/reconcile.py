"""Shows where defects and variants of the reference client differ from what they declare.

    python -m tests.matrix_clients.reconcile [--write] [NAME ...]

Read each line: an unexpected break is a true consequence or a false alarm of a test. `--write` puts what turns besides
into `reference_client/consequences.toml`; what a defect declares in its source and doesn't break is edited by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from conformance.tally.verdicts import Verdict
from reference_client import consequences
from reference_client.defects import DEFECTS
from reference_client.variants import VARIANTS
from tests.matrix_clients.engine import (
    UNDECIDED,
    clean,
    clean_variant,
    declared_changes,
    defect_differences,
    differences,
    reasons,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How one defect or variant was seen to differ from what it declares: what turned besides, and what didn't."""

    kind: str
    name: str
    more: Mapping[str, str]
    fewer: tuple[str, ...]
    why: str


def look_at_defect(name: str) -> Seen:
    """Run one defect."""
    defect = next(each for each in DEFECTS if each.name == name)
    found, ended = defect_differences(defect)
    seen = {identifier: _turn(after) for identifier, (_, after) in found.items()}
    declared = {**dict.fromkeys(defect.breaks, "broken"), **dict.fromkeys(defect.blocks, "blocked")}
    return _compared("defect", name, seen, declared, reasons(ended, _unexpected(seen, declared)))


def look_at_variant(name: str) -> Seen:
    """Run one variant."""
    variant = next(each for each in VARIANTS if each.name == name)
    ended = clean_variant(name)
    seen: dict[str, str] = {i: after for i, (_, after) in differences(clean(), ended).items()}
    declared = declared_changes(variant)
    return _compared("variant", name, seen, declared, reasons(ended, _unexpected(seen, declared)))


def _turn(after: Verdict) -> str:
    if after in ("failed", "warned"):
        return "broken"
    return "blocked" if after in UNDECIDED else after


def _unexpected(seen: Mapping[str, str], declared: Mapping[str, str]) -> set[str]:
    return {name for name in {*seen, *declared} if seen.get(name) != declared.get(name)}


def _compared(kind: str, name: str, seen: Mapping[str, str], declared: Mapping[str, str], why: str) -> Seen:
    more = {i: word for i, word in sorted(seen.items()) if declared.get(i) != word}
    return Seen(kind, name, more, tuple(sorted(set(declared) - set(seen))), why)


def show(seen: Seen) -> None:
    """Print one difference with its reasons; a dot where there is none."""
    if not seen.more and not seen.fewer:
        print(".", flush=True)
        return
    print(f"{seen.kind} {seen.name}")
    for identifier, word in seen.more.items():
        print(f"  + {identifier}: {word}")
    for identifier in seen.fewer:
        print(f"  - {identifier}")
    print(seen.why, flush=True)


def write(found: Sequence[Seen]) -> None:
    """Add what was seen to the file, and drop from it what no longer turns."""
    table = consequences.consequences()
    for seen in found:
        entry = table.setdefault(seen.kind, {}).setdefault(seen.name, {})
        if seen.kind == "variant":
            entry.update(seen.more)
            for identifier in seen.fewer:
                entry.pop(identifier, None)
            continue
        for name, word in (("breaks", "broken"), ("blocks", "blocked")):
            kept = [i for i in entry.get(name, []) if i not in seen.fewer and i not in seen.more]
            entry[name] = sorted({*kept, *(i for i, after in seen.more.items() if after == word)})
    consequences.FILE.write_text(consequences.HEADER + consequences.as_toml(table), encoding="utf-8")


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
        write(differing)
    print(f"{len(differing)} of {len(looks)} differ from what they declare")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
