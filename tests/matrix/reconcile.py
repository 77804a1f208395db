"""Shows where defects and variants differ from what they declare; `--write` puts what was seen into consequences.toml.

A tool for whoever adds a requirement that older defects break as well. Read each line before you commit it: an
unexpected break is either a true consequence or a false alarm of a test. What a defect declares in its source and no
longer breaks is printed: that is edited by hand. `--write-kills` puts into kills.json which cases a defect turned red.

    python -m tests.matrix.reconcile [--write] [--write-kills] [--only-defects | --only-variants] [NAME ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from conformance.tally.verdicts import Verdict
from reference_server import consequences
from reference_server.defects import DEFECTS
from reference_server.variants import VARIANTS
from tests.matrix import kills
from tests.matrix.engine import (
    UNDECIDED,
    clean,
    declared_changes,
    defect_differences,
    differences,
    in_process_defects,
    reasons,
)

HEADER = """# What else turns when a defect or a variant is chosen, beside what its source says: requirements of
# other sections that repeat the sentence or need what was broken. Written by tests/matrix/reconcile.py,
# read by a person before each commit.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """How one defect or variant was seen to differ from what it declares: what turned besides, and what didn't.

    `red` are the cases that a defect turned red, declared or not.
    """

    kind: str
    name: str
    more: Mapping[str, str]
    fewer: tuple[str, ...]
    why: str
    red: tuple[str, ...] = ()


def look_at_defect(name: str) -> Seen:
    """Run one defect."""
    defect = next(each for each in DEFECTS if each.name == name)
    found, ended = defect_differences(defect)
    turned = {identifier: after for identifier, (_, after) in found.items()}
    declared = {**dict.fromkeys(defect.breaks, "broken"), **dict.fromkeys(defect.blocks, "blocked")}
    seen = {i: _turn(after) for i, after in turned.items()}
    compared = _compared("defect", name, seen, declared, reasons(ended, _unexpected(seen, declared)))
    return replace(compared, red=tuple(kills.turned_red(ended, clean(defect.on))))


def _turn(after: Verdict) -> str:
    if after in ("failed", "warned"):
        return "broken"
    return "blocked" if after in UNDECIDED else after


def look_at_variant(name: str) -> Seen:
    """Run one variant."""
    variant = next(each for each in VARIANTS if each.name == name)
    ended = clean(name)
    seen: dict[str, str] = {i: after for i, (_, after) in differences(clean(None), ended).items()}
    declared = declared_changes(variant)
    return _compared("variant", name, seen, declared, reasons(ended, _unexpected(seen, declared)))


def _unexpected(seen: Mapping[str, str], declared: Mapping[str, str]) -> set[str]:
    return {name for name in {*seen, *declared} if seen.get(name) != declared.get(name)}


def _compared(kind: str, name: str, seen: Mapping[str, str], declared: Mapping[str, str], why: str) -> Seen:
    more = {i: word for i, word in sorted(seen.items()) if declared.get(i) != word}
    return Seen(kind, name, more, tuple(sorted(set(declared) - set(seen))), why)


def show(seen: Seen) -> None:
    """Print one difference with its reasons."""
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
        for key, word in (("breaks", "broken"), ("blocks", "blocked")):
            kept = [i for i in entry.get(key, []) if i not in seen.fewer and i not in seen.more]
            entry[key] = sorted({*kept, *(i for i, after in seen.more.items() if after == word)})
    consequences.FILE.write_text(HEADER + _as_toml(table), encoding="utf-8")


def _as_toml(table: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    lines: list[str] = []
    for kind in ("defect", "variant"):
        for name, entry in sorted(table.get(kind, {}).items()):
            filled = {key: value for key, value in entry.items() if value}
            if not filled:
                continue
            lines.append(f"\n[{kind}.{name}]")
            for key, value in sorted(filled.items()):
                if isinstance(value, list):
                    lines += [f"{key} = [", *(f'    "{each}",' for each in value), "]"]
                else:
                    lines.append(f'"{key}" = "{value}"')
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print what differs; write it when told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--write-kills", action="store_true")
    parser.add_argument("--only-defects", action="store_true")
    parser.add_argument("--only-variants", action="store_true")
    options = parser.parse_args()
    clean(None)
    defects = [] if options.only_variants else [defect.name for defect in in_process_defects()]
    variants = [] if options.only_defects else [variant.name for variant in VARIANTS]
    with ProcessPoolExecutor(2) as pool:
        looks = [
            *pool.map(look_at_defect, _chosen(defects, options.names), chunksize=4),
            *pool.map(look_at_variant, _chosen(variants, options.names), chunksize=2),
        ]
    differing = [seen for seen in looks if seen.more or seen.fewer]
    for seen in differing:
        show(seen)
    if options.write:
        write(differing)
    if options.write_kills:
        kills.write({seen.name: seen.red for seen in looks if seen.kind == "defect"})
    print(f"{len(differing)} of {len(looks)} differ from what they declare")
    return 1 if differing else 0


def _chosen(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in names if not wanted or name in wanted]


if __name__ == "__main__":
    raise SystemExit(main())
