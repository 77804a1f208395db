"""What fuzzing takes from the inside of hypothesis: where a version has other names, that is said, and nothing ends."""

from __future__ import annotations

import warnings

import pytest
from hypothesis.internal.conjecture import providers

from conformance.fuzz.drawing import draw_from_strategies_alone


def test_the_versions_that_are_allowed_have_the_names() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_from_strategies_alone()


def test_other_names_are_told_and_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(providers, "_get_local_constants")
    with pytest.warns(UserWarning, match="draws other inputs with this version of hypothesis"):
        draw_from_strategies_alone()
