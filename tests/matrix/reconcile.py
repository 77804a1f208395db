"""Shows where defects and variants differ from what they declare; `--write` puts what was seen into the sources.

A tool for whoever adds a requirement that older defects break as well. Read each line before you write it: an
unexpected break is either a true consequence or a false alarm of a test.

    python -m tests.matrix.reconcile [--write] [--variants] [NAME ...]
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import reference_server
from reference_server.defects import DEFECTS
from reference_server.variants import VARIANTS
from tests.matrix.engine import (
    clean,
    declared_changes,
    defect_differences,
    differences,
    in_process_defects,
    reasons,
)

DEFECTS_FOLDER = Path(reference_server.__file__).parent / "defects"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a defect was seen to do, beside what it declares."""

    name: str
    breaks: tuple[str, ...]
    blocks: tuple[str, ...]
    others: Mapping[str, tuple[str, str]]
    why: str


def look_at(name: str) -> Seen:
    """Run one defect."""
    defect = next(each for each in DEFECTS if each.name == name)
    found, ended = defect_differences(defect)
    kinds = {identifier: after for identifier, (_, after) in found.items()}
    breaks = tuple(sorted(i for i, after in kinds.items() if after in ("failed", "warned")))
    blocks = tuple(sorted(i for i, after in kinds.items() if after == "inconclusive"))
    others = {i: change for i, change in found.items() if i not in breaks and i not in blocks}
    unexpected = set(breaks) ^ set(defect.breaks) | set(blocks) ^ set(defect.blocks) | set(others)
    return Seen(name, breaks, blocks, others, reasons(ended, unexpected))


def in_order(seen: Sequence[str], declared: Sequence[str]) -> tuple[str, ...]:
    """What was seen, in the order of the declaration, new ones behind."""
    return (*(each for each in declared if each in seen), *(each for each in seen if each not in declared))


def rewrite(defect_name: str, old: Sequence[str], new: Sequence[str]) -> bool:
    """Replace a defect's tuple of requirement ids in its source; False when it isn't found there literally."""
    for path in DEFECTS_FOLDER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        node = next(_tuples(ast.parse(text), defect_name, old), None)
        if node is not None:
            lines = text.splitlines(keepends=True)
            starts = [0]
            for line in lines:
                starts.append(starts[-1] + len(line.encode()))
            raw = text.encode()
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
            replacement = "(" + "".join(f'"{each}", ' for each in new) + ")" if new else "()"
            path.write_bytes(raw[:begin] + replacement.encode() + raw[end:])
            return True
    return False


def _tuples(tree: ast.AST, defect_name: str, content: Sequence[str]) -> Iterator[ast.expr]:
    """Literal tuples with exactly this content that stand in the smallest call that names the defect."""
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _names(node, defect_name)]
    for call in holders[-1:]:
        for node in ast.walk(call):
            if isinstance(node, ast.Tuple) and [getattr(e, "value", None) for e in node.elts] == list(content):
                yield node


def _names(call: ast.Call, defect_name: str) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(value, ast.Constant) and value.value == defect_name for value in values)


def main() -> int:
    """Print what differs; write it when told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--variants", action="store_true")
    options = parser.parse_args()
    if options.variants:
        return _variants(options.names)
    chosen = [d.name for d in in_process_defects() if not options.names or d.name in options.names]
    clean(None)
    differing = 0
    with ProcessPoolExecutor(2) as pool:
        for seen in pool.map(look_at, chosen, chunksize=4):
            differing += _tell(seen, options.write)
    print(f"{differing} of {len(chosen)} defects differ from what they declare")
    return 1 if differing else 0


def _tell(seen: Seen, write: bool) -> bool:
    defect = next(each for each in DEFECTS if each.name == seen.name)
    same = set(seen.breaks) == set(defect.breaks) and set(seen.blocks) == set(defect.blocks) and not seen.others
    if same:
        return False
    print(f"{seen.name}: {defect.says}")
    for sign, words in (("+", set(seen.breaks) - set(defect.breaks)), ("-", set(defect.breaks) - set(seen.breaks))):
        print("".join(f"  {sign} breaks {each}\n" for each in sorted(words)), end="")
    for sign, words in (("+", set(seen.blocks) - set(defect.blocks)), ("-", set(defect.blocks) - set(seen.blocks))):
        print("".join(f"  {sign} blocks {each}\n" for each in sorted(words)), end="")
    for each, change in seen.others.items():
        print(f"  ? {each}: {change[0]} -> {change[1]}")
    print(seen.why, flush=True)
    if write:
        for old, new in ((defect.breaks, seen.breaks), (defect.blocks, seen.blocks)):
            if set(old) != set(new) and not rewrite(seen.name, old, in_order(new, old)):
                print(f"  {seen.name}: not found literally, edit it by hand: {in_order(new, old)}")
    return True


def _variants(names: Sequence[str]) -> int:
    differing = 0
    for variant in VARIANTS:
        if names and variant.name not in names:
            continue
        ended = clean(variant.name)
        found = {name: after for name, (_, after) in differences(clean(None), ended).items()}
        declared = declared_changes(variant)
        if found != declared:
            differing += 1
            print(f"{variant.name}: {variant.says}")
            for name in sorted(set(found) | set(declared)):
                if found.get(name) != declared.get(name):
                    print(f"  {name}: declared {declared.get(name)}, seen {found.get(name)}")
            print(reasons(ended, set(found) ^ set(declared)), flush=True)
    print(f"{differing} variants differ from what they declare")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
