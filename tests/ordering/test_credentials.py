"""No credential that some other test could end outlives the test that judges with it."""

from __future__ import annotations

from tests.matrix.engine import cases, key, open_world, run_case
from tests.ordering.watching import Watching


def test_no_test_presents_a_credential_that_another_one_was_given() -> None:
    world = open_world(None)
    world.session.transport = watching = Watching(world.session.transport)
    for case in cases():
        watching.test = key(case)
        run_case(case, world)
    world.session.close()

    assert len(watching.owners) > len(cases()) / 4, "credentials are seen"
    assert sorted(watching.borrowed) == []
