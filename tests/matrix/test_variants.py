"""Each variant changes exactly the verdicts that it names: no false alarms."""

from __future__ import annotations

import pytest

from reference_server.variants import VARIANTS, Variant
from tests.matrix.engine import catalogue, clean, declared_changes, differences, reasons
from tests.matrix.touched import Touched


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_variant_changes_exactly_what_it_declares(variant: Variant, touched: Touched) -> None:
    only = touched.scope(variant)
    declared = {name: word for name, word in declared_changes(variant).items() if only is None or name in only}
    ended = clean(variant.name, only)
    found = {name: after for name, (_, after) in differences(clean(None), ended).items()}
    assert found == declared, reasons(ended, set(found) ^ set(declared))


def test_variants_name_known_requirements_and_have_names_of_their_own() -> None:
    named = {name for variant in VARIANTS for name in variant.changes}
    assert sorted(named - set(catalogue().by_id)) == []
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
