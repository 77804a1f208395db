"""What else turns when a defect or a variant is chosen: requirements of other sections that say the same or need it.

A defect names in its source what its mistake is about. The file beside its module (`pkce.toml` beside `pkce.py`) lists
the rest, so that a sentence which the documents repeat in five places needs no five ids at each defect. Together they
are what the matrices hold it to.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from .defect import Defect
from .variant import Variant


@cache
def consequences(folder: Path) -> dict[str, Any]:
    """What the files of a folder say, by the name of a defect or variant."""
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def defects_with_consequences(defects: Iterable[Defect], folder: Path) -> tuple[Defect, ...]:
    """Defects whose `breaks` and `blocks` are complete; their modules stand in the folder."""
    table = consequences(folder)
    return tuple(
        replace(
            defect,
            breaks=(*defect.breaks, *table.get(defect.name, {}).get("breaks", ())),
            blocks=(*defect.blocks, *table.get(defect.name, {}).get("blocks", ())),
        )
        for defect in defects
    )


def variants_with_consequences(variants: Iterable[Variant], folder: Path) -> tuple[Variant, ...]:
    """Variants whose `changes` are complete."""
    table = consequences(folder)
    return tuple(replace(each, changes={**each.changes, **table.get(each.name, {})}) for each in variants)
