"""Picks defects and a variant by name. Their modules are imported only when needed: a plain start is faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from .pipeline import Edit
from .variant import Variant

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Choice:
    """The edits of a server, and the variant that its profile has to say something about."""

    edits: tuple[Edit, ...] = ()
    variant: Variant | None = None


def choose(variant_name: str | None, defect_names: Sequence[str]) -> Choice:
    """The variant's edits come first: a defect may stand on it. Raises ValueError for what doesn't exist or fit."""
    if variant_name is None and not defect_names:
        return Choice()
    from .defects import DEFECTS
    from .variants import VARIANTS

    known = {defect.name: defect for defect in DEFECTS}
    chosen = [_named(name, known, "defect") for name in defect_names]
    wanted = dict.fromkeys(name for name in (variant_name, *(defect.on for defect in chosen)) if name is not None)
    if len(wanted) > 1:
        raise ValueError(f"only one variant at a time: {', '.join(wanted)}")
    variants = [_named(name, {variant.name: variant for variant in VARIANTS}, "variant") for name in wanted]
    edits = (edit for edits in (*(v.edits for v in variants), *(d.edits for d in chosen)) for edit in edits)
    return Choice(tuple(edits), variants[0] if variants else None)


def catalogue_fault(variant_name: str | None, defect_names: Sequence[str]) -> str | None:
    """What is wrong with a choice of variant and defects, in words; None: nothing."""
    try:
        choose(variant_name, defect_names)
    except ValueError as fault:
        return str(fault)
    return None


def _named(name: str, entries: dict[str, Entry], what: str) -> Entry:
    if name not in entries:
        near = get_close_matches(name, entries, n=1)
        raise ValueError(f"there is no {what} named {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    return entries[name]
