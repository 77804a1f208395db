"""Long runs of one delimiter: what a pattern that tries all ways to divide them costs grows with every one more."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from conformance.fuzz.delimiters import DELIMITERS, PLACES, growth_of
from conformance.fuzz.engine import for_any
from conformance.harness import Expect, Given, Send, requirement


@requirement("robustness-1-answer-in-time")
@pytest.mark.parametrize("place", PLACES)
@for_any(delimiter=st.sampled_from(DELIMITERS))
def test_a_few_more_delimiters_do_not_multiply_the_time(
    given: Given, send: Send, expect: Expect, place: str, delimiter: str
) -> None:
    growth = growth_of(given, send, place, delimiter)

    expect.that(not growth.is_explosive, "a time that grows with the length of a value, not beyond", growth)
