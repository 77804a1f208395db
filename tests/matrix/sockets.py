"""Runs tests over sockets against a reference server process: for what shows on the transport only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from conformance.bundled import start_bundled
from conformance.profile.loading import parse_profile
from conformance.running.collecting import Case
from conformance.running.whole_run import open_session
from tests.matrix.engine import Ended, World, cases, clean, key, run_case


def transport_cases() -> list[Case]:
    """The tests that the in-process runs leave untested: they need sockets."""
    return [case for case in cases() if clean(None)[key(case)].verdict == "untested"]


def over_sockets(arguments: Sequence[str], chosen: Sequence[Case]) -> dict[str, Ended]:
    """How the chosen tests end on a server process started with these arguments."""
    with start_bundled(arguments) as server:
        profile = parse_profile(server.profile, "the server's profile")
        world = World(profile, open_session(profile))
        try:
            return {key(case): run_case(case, world) for case in chosen}
        finally:
            world.session.close()


@cache
def clean_over_sockets() -> dict[str, Ended]:
    """How the transport's tests end on the clean server."""
    return over_sockets((), transport_cases())
