"""What requests come to under several conditions at once, each of which is ordinary."""

from __future__ import annotations

import pytest

from conformance.fuzz.combined_requests import JUDGED
from conformance.fuzz.tried_combinations import no_trouble_at
from conformance.harness import requirement
from conformance.harness.trial import Trial

EACH = [pytest.param(endpoint, name, marks=requirement(name)) for endpoint, names in JUDGED.items() for name in names]


@pytest.mark.parametrize(("endpoint", "judged"), EACH)
def test_conditions_that_come_together_change_no_rule(trial: Trial, endpoint: str, judged: str) -> None:
    no_trouble_at(trial, endpoint, judged)
