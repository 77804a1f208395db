"""Steps in the lives of tokens can be drawn for whatever a target lets be done."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from conformance.base.outcomes import NotApplicable
from conformance.fuzz.lifecycle_machine import Possible, Way, machine, possible_steps
from tests.harness.fakes import trial_with

MANY = settings(
    max_examples=50,
    stateful_step_count=12,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
APP, PASSWORD, CODE = (
    Way("client_credentials", "confidential", ""),
    Way("password", "confidential", "resource_owner"),
    Way("authorization_code", "confidential", "resource_owner"),
)


@pytest.mark.parametrize(
    ("ways", "others"),
    [
        ((APP, PASSWORD, CODE), {}),
        ((APP, CODE), {}),
        ((PASSWORD,), {}),
        ((APP,), {"revoke": True}),
        ((APP,), {"introspect": True}),
    ],
    ids=["all grants alone", "app and code", "password", "app revoked", "app described"],
)
def test_a_step_is_always_left(ways: tuple[Way, ...], others: dict[str, Any]) -> None:
    can = Possible(ways, ("confidential",), **{"revoke": False, "age": False, "introspect": False} | others)
    drawn: list[object] = []

    run_state_machine_as_test(machine(can, drawn.append), settings=MANY)

    assert drawn


def test_tokens_that_nothing_becomes_of_have_no_lives() -> None:
    target = trial_with(lambda method, path, parameters: (404, {}, ""), frozenset({"client_credentials"})).target

    with pytest.raises(NotApplicable, match="nothing can be done"):
        possible_steps(target)
