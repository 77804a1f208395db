"""Shows where defects and variants differ from what they declare; `--write` puts what was seen beside their modules.

A tool for whoever adds a requirement that older defects break as well. Read each line before you commit it: an
unexpected break is either a true consequence or a false alarm of a test. What a defect declares in its source and no
longer breaks is printed: that is edited by hand. `--write-kills` puts into kills.json which cases a defect turned red.

    python -m tests.matrix.reconcile [--write] [--write-kills] [--only-defects | --only-variants] [NAME ...]
    python -m tests.matrix.reconcile [--only-defects | --only-variants] [NAME ...] --of REQUIREMENT ...

Who has changed tests of some requirements names those by `--of`: all defects and variants are looked at for them alone.
What is seen then is a part, and is never written.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

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
    within_scope,
)
from tests.matrix.reconciling import Seen, compared, files_of, show, turn, unexpected, write


def look_at_defect(name: str, only: frozenset[str] | None = None) -> Seen:
    """Run one defect, for all requirements or for some."""
    defect = next(each for each in DEFECTS if each.name == name)
    found, ended = defect_differences(defect, only)
    turned = {identifier: after for identifier, (_, after) in found.items()}
    whole = {**dict.fromkeys(defect.breaks, "broken"), **dict.fromkeys(defect.blocks, "blocked")}
    declared = {identifier: whole[identifier] for identifier in within_scope(whole, only)}
    seen = {i: turn(after, UNDECIDED) for i, after in turned.items()}
    differing = compared("defect", name, seen, declared, reasons(ended, unexpected(seen, declared)))
    return replace(differing, red=tuple(kills.turned_red(ended, clean(defect.on, None if defect.on is None else only))))


def look_at_variant(name: str, only: frozenset[str] | None = None) -> Seen:
    """Run one variant, for all requirements or for some."""
    variant = next(each for each in VARIANTS if each.name == name)
    ended = clean(name, only)
    before = {case: end for case, end in clean(None).items() if only is None or case.partition("::")[0] in only}
    seen: dict[str, str] = {i: after for i, (_, after) in differences(before, ended).items()}
    whole = declared_changes(variant)
    declared = {identifier: whole[identifier] for identifier in within_scope(whole, only)}
    return compared("variant", name, seen, declared, reasons(ended, unexpected(seen, declared)))


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of the command; the process ends where they don't go together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--write-kills", action="store_true")
    parser.add_argument("--only-defects", action="store_true")
    parser.add_argument("--only-variants", action="store_true")
    parser.add_argument("--of", nargs="+", metavar="REQUIREMENT", help="look at what these requirements turn to alone")
    options = parser.parse_args(arguments)
    if options.of and (options.write or options.write_kills):
        # What turns beyond these requirements isn't seen, and would be dropped from what is declared.
        parser.error(
            "--of looks at a part: what is seen can't be written; run whole defects and variants by their names"
        )
    return options


def main() -> int:
    """Print what differs; write it when told."""
    options = read_options()
    clean(None)
    only = frozenset(options.of) if options.of else None
    defects = [] if options.only_variants else [defect.name for defect in in_process_defects()]
    variants = [] if options.only_defects else [variant.name for variant in VARIANTS]
    with ProcessPoolExecutor(2) as pool:
        looks = [
            *pool.map(partial(look_at_defect, only=only), _chosen(defects, options.names), chunksize=4),
            *pool.map(partial(look_at_variant, only=only), _chosen(variants, options.names), chunksize=2),
        ]
    differing = [seen for seen in looks if seen.more or seen.fewer]
    for seen in differing:
        show(seen)
    if options.write:
        write(files_of("reference_server"), "tests/matrix/reconcile.py", differing)
    if options.write_kills:
        kills.write({seen.name: seen.red for seen in looks if seen.kind == "defect"})
    print(f"{len(differing)} of {len(looks)} differ from what they declare")
    return 1 if differing else 0


def _chosen(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in names if not wanted or name in wanted]


if __name__ == "__main__":
    raise SystemExit(main())
