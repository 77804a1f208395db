"""Which tests are likely to notice a change of a step: those of what its defects break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from reference_server.defects import DEFECTS


@cache
def broken_by_step() -> Mapping[str, frozenset[str]]:
    """By the name of a step, the requirements that the defects break which take it out or put another in its place."""
    found: dict[str, set[str]] = defaultdict(set)
    for defect in DEFECTS:
        for edit in defect.edits:
            if edit.action in ("remove", "replace"):
                found[edit.step_name] |= set(defect.breaks)
    return {name: frozenset(broken) for name, broken in found.items()}
