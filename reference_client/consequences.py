"""What else turns when a defect or a variant is chosen: requirements of other sections that say the same or need it.

A defect names in its source what its mistake is about; `consequences.toml` lists the rest. Together they are what the
matrices hold it to.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from .defect import Defect
from .variant import Variant

FILE = Path(__file__).with_name("consequences.toml")


@cache
def consequences() -> dict[str, Any]:
    """The content of the file: tables `defect` and `variant` by name."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def defects_with_consequences(defects: Iterable[Defect]) -> tuple[Defect, ...]:
    """Defects whose `breaks` and `blocks` are complete."""
    table = consequences().get("defect", {})
    return tuple(
        replace(
            defect,
            breaks=(*defect.breaks, *table.get(defect.name, {}).get("breaks", ())),
            blocks=(*defect.blocks, *table.get(defect.name, {}).get("blocks", ())),
        )
        for defect in defects
    )


def variants_with_consequences(variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """Variants whose `changes` are complete."""
    table = consequences().get("variant", {})
    return tuple(replace(each, changes={**each.changes, **table.get(each.name, {})}) for each in variants)
