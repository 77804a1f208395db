"""A slice of the sweep: verdicts don't depend on the order of tests where one request ends what others have brought."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from conformance.running.collecting import Case
from tests.matrix.engine import Ended, by_requirement, cases, reasons
from tests.ordering.orders import ENDING, expected, verdicts

# Those that present tokens, see them end, and replay codes.
FILES = (
    *(
        "documents/rfc6750/test_s02_",
        "documents/rfc6750/test_s03_",
        "documents/rfc7009/test_s02_",
        "documents/rfc7662/test_s02_",
        "documents/documented/test_scopes",
    ),
    *(
        "documents/rfc6749/test_s04_1_2",
        "documents/rfc6749/test_s05_2",
        "documents/rfc6749/test_s06",
        "documents/rfc6749/test_s10_04",
    ),
)


@cache
def chosen() -> tuple[Case, ...]:
    return tuple(case for case in cases() if "/".join(case.file.parts[-2:]).startswith(FILES))


@cache
def on_default() -> Mapping[str, Ended]:
    return verdicts(None, None, chosen())


@pytest.mark.parametrize("seed", [None, 7], ids=["file-order", "shuffled"])
@pytest.mark.parametrize("variant", ENDING)
def test_verdicts_are_those_of_the_default_server_in_any_order(variant: str, seed: int | None) -> None:
    ended = verdicts(variant, seed, chosen())

    found, wanted = by_requirement(ended), expected(variant, on_default())
    different = {name for name, verdict in found.items() if verdict != wanted[name]}
    assert different == set(), reasons(ended, different)
