"""Two confidential clients, one account and no special settings are enough for a run that comes to a conclusion."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from conformance.base.toml_writing import as_toml
from conformance.base.verdict_words import Verdict
from conformance.harness.footprint import Footprint
from conformance.preflight.controls import Examiner
from conformance.preflight.examination import examine
from conformance.preflight.forecast import foresee
from conformance.profile.loading import parse_profile
from conformance.running.collecting import Case, collect_cases
from conformance.tally.verdicts import combine
from reference_server import demo
from reference_server.accounts import ALL_GRANTS
from tests.matrix.engine import BASE, World, run_case
from tests.preflight.worlds import world_with

CODE = ("authorization_code",)
USER = ("me", "profile")
APP = ("app", "basic")
# What a deployment may have: its grants, and its endpoints beside them.
DEPLOYMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "codes": (CODE, ()),
    "codes and refresh": ((*CODE, "refresh_token"), ("revocation",)),
    "machines": (("client_credentials",), ("introspection",)),
    "codes and machines": ((*CODE, "refresh_token", "client_credentials"), ("revocation", "introspection")),
    "passwords": (("password", "refresh_token"), ("revocation",)),
    "everything": (ALL_GRANTS, ("revocation", "introspection")),
}
# A reason that says what would change it: a key of the profile, a table, a command-line flag.
HOW_TO_ENABLE = re.compile(r"`[^`]+`|\[[a-z_.]+\]|\b(?:add|set|name|claim|register)\b")

# What the rehearsal can't show, because it has no sockets.
SHOWS_OVER_SOCKETS = "TLS shows over sockets only"


@cache
def all_cases() -> tuple[Case, ...]:
    """All tests of the suite."""
    return tuple(collect_cases())


def minimal(grants: tuple[str, ...], features: tuple[str, ...]) -> str:
    """The profile that somebody writes with two clients and an account."""
    clients = {}
    for client in (demo.CONFIDENTIAL, demo.OTHER):
        scopes = {grant: APP if grant == "client_credentials" else USER for grant in grants if grant != "refresh_token"}
        clients[client.name] = {
            "client_id": client.client_id,
            "client_secret": client.secret,
            "redirect_uris": client.redirect_uris[:1],
            "grant_scopes": scopes,
        }
    document: dict[str, Any] = {
        "target": {"name": "minimal", "base_url": BASE},
        "clients": clients,
        "features": {"grants": grants, **dict.fromkeys(features, True)},
    }
    if set(grants) - {"client_credentials"}:
        document["resource_owner"] = {"username": demo.ALICE.username, "password": demo.ALICE.password}
    return as_toml(document)


def world_for(deployment: str) -> World:
    """The reference server, seen through a minimal profile."""
    return world_with(parse_profile(minimal(*DEPLOYMENTS[deployment]), "minimal.toml"))


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_every_control_holds(deployment: str) -> None:
    world = world_for(deployment)
    examiner = examine(world.profile, world.session)
    world.session.close()
    assert [control.diagnosis() for control in examiner.controls if control.state == "fails"] == []


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_nothing_is_left_undecided_and_what_is_untested_says_how_to_enable_it(deployment: str) -> None:
    world = world_for(deployment)
    ended = [run_case(case, world) for case in all_cases()]
    world.session.close()
    left = ("inconclusive", "error", "failed", "warned")
    assert {each.why for each in ended if each.verdict in left} <= {SHOWS_OVER_SOCKETS}
    untested = {each.why for each in ended if each.verdict == "untested"}
    assert untested
    assert [why for why in untested if not HOW_TO_ENABLE.search(why) and why != SHOWS_OVER_SOCKETS] == []


def test_the_outlook_is_what_a_run_does() -> None:
    """What is left out is foretold, requirement by requirement."""
    world = world_for("codes and machines")
    foretold = {
        each.id: each.prospect
        for each in foresee(world.profile, Examiner(world.profile, world.session), Footprint()).requirements
    }
    became: dict[str, list[Verdict]] = {}
    for case in all_cases():
        ended = run_case(case, world)
        if ended.why != SHOWS_OVER_SOCKETS:
            became.setdefault(case.requirement, []).append(ended.verdict)
    world.session.close()
    left_out = ("untested", "not applicable", "untestable")
    verdicts = {name: combine(verdicts) for name, verdicts in became.items()}
    actual = {name: verdict if verdict in left_out else "tested" for name, verdict in verdicts.items()}
    assert {name: (foretold[name], prospect) for name, prospect in actual.items() if foretold[name] != prospect} == {}
