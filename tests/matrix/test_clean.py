"""The clean reference server keeps every requirement, and leaves nothing undecided that no variant decides."""

from __future__ import annotations

import pytest

from reference_server.variants import VARIANTS
from tests.matrix.engine import Case, by_requirement, cases, clean, key


@pytest.mark.parametrize("case", cases(), ids=key)
def test_kept_on_the_clean_server(case: Case) -> None:
    ended = clean(None)[key(case)]
    assert ended.verdict in ("passed", "noted", "vacuous", "untested", "not applicable"), ended.why


def test_what_is_vacuous_there_is_decided_on_a_variant() -> None:
    vacuous = {name for name, verdict in by_requirement(clean(None)).items() if verdict == "vacuous"}
    decided = {name for each in VARIANTS for name, verdict in each.changes.items() if verdict in ("passed", "noted")}
    assert sorted(vacuous - decided) == []
