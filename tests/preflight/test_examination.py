"""A mistyped profile is told as that, with its line, and what rests on it is never taken for a breach."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from conformance.harness.asgi import AsgiTransport
from conformance.harness.collecting import Case, collect_cases
from conformance.harness.profile import Profile, parse_profile
from conformance.harness.session import Session
from conformance.preflight.controls import Examiner
from conformance.preflight.examination import examine
from conformance.preflight.telling import diagnoses
from reference_server import build
from reference_server.profile import profile_for
from reference_server.variants import VARIANTS
from tests.matrix.engine import BASE, CONTROL, PLAIN, SETTINGS, World, open_world, run_case

SOURCE = "p.toml"
# What somebody mistypes: the text in the profile, what stands there instead, and what the diagnosis says.
MISTYPED = {
    "client secret": ("client-a-demo-secret-8c1fQ2Zt", "wrong-secret", "clients.confidential.client_secret: the"),
    "client id": ('client_id = "client-a"', 'client_id = "client-x"', "refuses client_id 'client-x'"),
    "redirect URI": ('"https://client.example/cb"', '"https://client.example/cbb"', "clients.confidential.redirect"),
    "password": ("alice-demo-password", "wrong-password", "resource_owner.password: the server refused to sign in"),
    "token endpoint": ('"/oauth/token"', '"/oauth/tokn"', "endpoints.token: nothing answers as the token endpoint"),
    "revocation endpoint": ("/oauth/revoke", "/oauth/rev", "endpoints.revocation: nothing answers as the revocation"),
    "authorization endpoint": ("/oauth/authorize", "/oauth/auth", "endpoints.authorization: nothing answers as"),
    "scopes": ('"me", "profile"', '"mee", "profile"', "correct `scopes` or `grant_scopes` of [clients.confidential]"),
    "button": ("[features]", '[sign_in]\napprove = "No such"\n\n[features]', "sign_in.approve: no button"),
}
# Tests that a mistake would break: they ask each endpoint, as each client, with each grant.
FILES = ("rfc6749/test_s04_1_[123]*.py", "rfc6749/test_s05_1*.py", "rfc6749/test_s04_3*.py", "rfc7009/test_s02_1_*.py")


@cache
def some_cases() -> tuple[Case, ...]:
    """The tests of `FILES`."""
    return tuple(case for files in FILES for case in collect_cases(files))


def world_with(profile: Profile) -> World:
    """A clean server in this process, and the suite with a profile of its own."""
    server = build(SETTINGS)
    transport = AsgiTransport({BASE: server.app, PLAIN: server.app, CONTROL: server.control_app})
    return World(profile, Session.open(profile.target, transport, profile.secrets))


def mistyped(what: str) -> Profile:
    """The right profile with a mistake."""
    text = profile_for(build(SETTINGS), BASE, PLAIN, CONTROL)
    right, wrong, _ = MISTYPED[what]
    assert right in text
    return parse_profile(text.replace(right, wrong), SOURCE)


def examined(profile: Profile) -> Examiner:
    """What the controls of a profile find."""
    world = world_with(profile)
    try:
        return examine(world.profile, world.session)
    finally:
        world.session.close()


@pytest.mark.parametrize("variant", [None, *(variant.name for variant in VARIANTS)])
def test_every_control_holds_on_a_conformant_server(variant: str | None) -> None:
    world = open_world(variant)
    examiner = examine(world.profile, world.session)
    world.session.close()
    assert [control.diagnosis() for control in examiner.controls if control.state == "fails"] == []
    assert examiner.faults == {}


@pytest.mark.parametrize("what", MISTYPED)
def test_a_mistake_is_told_with_its_line(what: str) -> None:
    told = diagnoses(examined(mistyped(what)).controls)
    assert any(MISTYPED[what][2] in each for each in told), told
    assert all(each.startswith(f"{SOURCE}, line ") for each in told)


@pytest.mark.parametrize("what", MISTYPED)
def test_a_mistake_never_looks_like_a_breach(what: str) -> None:
    profile = mistyped(what)
    known = replace(profile, target=replace(profile.target, faults=examined(profile).faults))
    world = world_with(known)
    ended = {case.name: run_case(case, world) for case in some_cases()}
    world.session.close()
    assert {name: each.why for name, each in ended.items() if each.verdict in ("failed", "warned", "error")} == {}
    assert [each.why for each in ended.values() if each.verdict == "inconclusive"]


def test_what_one_client_gets_may_be_a_breach_for_another() -> None:
    """A grant that is refused to one client alone is judged, not blamed on the profile."""
    text = profile_for(build(SETTINGS), BASE, PLAIN, CONTROL)
    more = text.replace('grants = ["authorization_code", "implicit"]', 'grants = ["authorization_code", "password"]')
    examiner = examined(parse_profile(more, SOURCE))
    refused = next(control for control in examiner.controls if control.name == "[clients.insecure]: grant password")
    assert refused.state == "fails"
    assert examiner.faults == {}
