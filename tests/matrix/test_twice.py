"""The whole suite twice on one store: what the first run approved changes no verdict of the second."""

from __future__ import annotations

import pytest

from conformance.harness.session import Session
from conformance.preflight.examination import examine
from tests.matrix.engine import Deaf, World, by_requirement, cases, key, open_world, run_case

REMEMBERING = (
    "consent-remembered",
    "consent-remembered-by-account-and-client",
    "consent-remembered-until-told-to-forget",
    "consent-remembered-in-session",
)


@pytest.mark.parametrize("variant", REMEMBERING)
def test_a_second_run_on_the_same_store_has_the_same_verdicts(variant: str) -> None:
    world = open_world(variant)

    first = verdicts(world)
    assert world.store is not None
    # The minute for which guessing locks an account.
    world.store.connection.execute("DELETE FROM failures")
    second = verdicts(world)

    world.session.close()
    assert second == first


def verdicts(world: World) -> dict[str, str]:
    """One run, with the controls that go ahead of it, in a session of its own."""
    profile, transport = world.profile, world.session.transport
    session = Session.open(profile.target, transport, profile.secrets)
    session.vault = Deaf(profile.secrets)
    assert examine(profile, session).faults == {}
    run = World(profile, session)
    return dict(by_requirement({key(case): run_case(case, run) for case in cases()}))
