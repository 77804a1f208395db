"""What else turns when a defect or a variant is chosen: requirements of other sections that say the same or need it.

A defect names in its source what its mistake is about; `consequences.toml` lists the rest. Together they are what the
matrices hold it to.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from .defect import Defect
from .variant import Variant

FILE = Path(__file__).with_name("consequences.toml")
HEADER = """# What else turns when a defect or a variant is chosen, beside what its source says: requirements of
# other sections that repeat the sentence or need what was broken. Written by tests/matrix_clients/reconcile.py,
# read by a person before each commit.
"""


@cache
def consequences() -> dict[str, Any]:
    """The content of the file: tables `defect` and `variant` by name."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def as_toml(table: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    """The tables as the file has them."""
    lines: list[str] = []
    for kind in ("defect", "variant"):
        for name, entry in sorted(table.get(kind, {}).items()):
            filled = {key: value for key, value in entry.items() if value}
            lines += [f"\n[{kind}.{name}]"] if filled else []
            for key, value in sorted(filled.items()):
                lines += _entry(key, value)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: object) -> list[str]:
    """A list on several lines, or a verdict on one."""
    if isinstance(value, list):
        return [f"{key} = [", *(f'    "{each}",' for each in value), "]"]
    return [f'"{key}" = "{value}"']


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
