"""Verdicts in one order of tests or another, on variants at which one request ends what others have brought."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from conformance.base.verdict_words import Verdict
from conformance.running.collecting import Case
from tests.matrix.engine import (
    Ended,
    by_requirement,
    cases,
    expected_not_applicable,
    profile_of,
    variant_named,
    with_edits,
)

# Each ends tokens, codes or sessions that another test may hold.
ENDING = (
    "replay-ends-everything",
    "new-grant-ends-older-tokens",
    "one-token-until-it-expires",
    "codes-live-30-seconds",
    "session-ends-after-redirect",
)


def in_order(chosen: Sequence[Case], seed: int | None) -> list[Case]:
    """Tests in the order of their files, or shuffled by a seed."""
    ordered = list(chosen)
    if seed is not None:
        random.Random(seed).shuffle(ordered)
    # What judges the answers of all others comes last in every order.
    return sorted(ordered, key=lambda case: case.is_judged_last)


def verdicts(variant: str | None, seed: int | None = None, chosen: Sequence[Case] | None = None) -> Mapping[str, Ended]:
    """How tests end on a clean server with a variant, in an order; they share one session, as in a run."""
    return with_edits(variant, (), in_order(cases() if chosen is None else chosen, seed))


def expected(variant: str, on_default: Mapping[str, Ended]) -> dict[str, Verdict]:
    """The verdicts of requirements that a variant declares, from those of the default server."""
    declared = variant_named(variant)
    found = by_requirement(on_default)
    left_out = expected_not_applicable(profile_of(variant).target.features) & found.keys()
    changes = {**dict.fromkeys(left_out, "not applicable"), **(declared.changes if declared else {})}
    return {**found, **{name: verdict for name, verdict in changes.items() if name in found}}  # type: ignore[dict-item]
