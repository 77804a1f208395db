"""Picks defects and a variant by name. Their modules are imported only when needed: a plain start is faster."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeVar

from .collecting import Named
from .pipeline import Edit

Entry = TypeVar("Entry", bound=Named)


def choose(variant_name: str | None, defect_names: Sequence[str]) -> tuple[Edit, ...]:
    """The edits of both, the variant's first: a defect may stand on it. Raises ValueError for what doesn't exist."""
    if variant_name is None and not defect_names:
        return ()
    from .defects import DEFECTS
    from .variants import VARIANTS

    defects = [named(name, DEFECTS, "defect") for name in defect_names]
    wanted = dict.fromkeys(name for name in (variant_name, *(defect.on for defect in defects)) if name is not None)
    if len(wanted) > 1:
        raise ValueError(f"only one variant at a time: {', '.join(wanted)}")
    variants = [named(name, VARIANTS, "variant") for name in wanted]
    return tuple(edit for edits in (*(v.edits for v in variants), *(d.edits for d in defects)) for edit in edits)


def named(name: str, entries: Sequence[Entry], what: str) -> Entry:
    """The entry of that name."""
    found = {entry.name: entry for entry in entries}
    if name not in found:
        near = get_close_matches(name, found, n=1)
        raise ValueError(f"there is no {what} named {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    return found[name]
