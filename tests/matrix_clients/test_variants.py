"""Each variant of the reference client changes exactly the verdicts that it names: no false alarms."""

from __future__ import annotations

import pytest

from reference_client.variants import VARIANTS, Variant
from tests.clients.running import catalogue
from tests.matrix_clients.engine import clean, clean_variant, declared_changes, differences, reasons


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_variant_changes_exactly_what_it_declares(variant: Variant) -> None:
    ended = clean_variant(variant.name)
    found = {name: after for name, (_, after) in differences(clean(), ended).items()}
    declared = declared_changes(variant)
    assert found == declared, reasons(ended, set(found) ^ set(declared))


def test_variants_name_known_requirements() -> None:
    named = {name for variant in VARIANTS for name in variant.changes}
    assert sorted(named - set(catalogue().by_id)) == []


def test_no_variant_is_called_wrong() -> None:
    alarms = {(v.name, name) for v in VARIANTS for name, word in v.changes.items() if word in ("failed", "warned")}
    # What RFC 6749 doesn't recommend, and allows.
    assert alarms == {("body-authentication", "rfc6749-2.3.1-client-prefers-basic")}
