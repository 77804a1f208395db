"""What becomes of tokens over many steps, by several clients and for several resource owners."""

from __future__ import annotations

import pytest

from conformance.fuzz.lifecycle_model import JUDGED
from conformance.fuzz.lives import no_trouble_in
from conformance.harness import requirement
from conformance.harness.trial import Trial


@pytest.mark.parametrize("judged", [pytest.param(name, marks=requirement(name)) for name in JUDGED])
def test_the_lives_of_tokens_are_as_the_model_has_them(trial: Trial, judged: str) -> None:
    no_trouble_in(trial, judged)
