"""What becomes of authorization requests that are opened and decided in any order, in several tabs and browsers."""

from __future__ import annotations

import pytest

from conformance.fuzz.browsing import JUDGED
from conformance.fuzz.browsing_machine import no_mix_up_in
from conformance.harness import requirement
from conformance.harness.trial import Trial


@pytest.mark.parametrize("judged", [pytest.param(name, marks=requirement(name)) for name in JUDGED])
def test_each_answer_belongs_to_its_own_request(trial: Trial, judged: str) -> None:
    no_mix_up_in(trial, judged)
