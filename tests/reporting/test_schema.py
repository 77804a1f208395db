"""The schema of results.json holds what the harness writes, and notices what it must not."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from conformance.base import schemas
from conformance.base.outcomes import OutcomeWord
from conformance.base.verdict_words import VERDICTS
from conformance.reporting import html, summary
from conformance.tally import verdicts
from conformance.tally.catalogue import Level, Role

from . import synthetic


@pytest.mark.parametrize("content", [synthetic.content(), synthetic.hostile_run()], ids=["empty", "hostile"])
def test_what_the_harness_builds_is_valid(content: dict[str, Any]) -> None:
    assert schemas.fault("results", content) is None


def test_the_small_run_has_every_verdict_of_a_test() -> None:
    found = {entry["verdict"] for entry in synthetic.small_run()["requirements"]}
    assert found >= {"passed", "failed", "warned", "noted", "inconclusive", "vacuous", "error", "not applicable"}


def schema() -> dict[str, Any]:
    """The schema itself."""
    return dict(schemas.validator("results").schema)  # type: ignore[arg-type]


def test_the_schema_is_a_schema() -> None:
    schemas.validator("results").check_schema(schema())


def test_a_baseline_may_be_there() -> None:
    content = synthetic.content()
    content["baseline"] = {"source": "known.toml", "entries": [synthetic.known("rfc7009-2-post-accepted")]}
    content["baseline"]["no_longer_decided"] = []
    assert schemas.fault("results", content) is None


@pytest.mark.parametrize(
    ("change", "value"),
    [("conclusion", "fine"), ("gate", 7), ("started", "yesterday"), ("surplus", 1), ("requirements", None)],
)
def test_what_does_not_belong_is_noticed(change: str, value: object) -> None:
    assert schemas.fault("results", {**synthetic.content(), change: value}) is not None


def test_words_are_those_of_the_harness() -> None:
    definitions = schema()["$defs"]
    of_requirement = definitions["requirement"]["properties"]
    assert definitions["verdict"]["enum"] == list(VERDICTS)
    assert [word for word, _ in html.LEGEND] == list(VERDICTS)
    assert set(of_requirement["level"]["enum"]) == set(get_args(Level)) == set(summary.LEVELS)
    assert set(of_requirement["role"]["enum"]) == set(get_args(Role))
    assert set(definitions["test"]["properties"]["outcome"]["enum"]) == set(get_args(OutcomeWord))
    assert summary.OUTSIDE_THE_CONCLUSION == verdicts.OUTSIDE_THE_CONCLUSION
    assert summary.BINDING == verdicts.BINDING


def test_conclusions_are_those_of_the_harness() -> None:
    known = schema()["$defs"]["conclusion"]["enum"]
    assert set(known) == set(get_args(verdicts.Conclusion))
