"""A mistyped profile is told as that, with its line, and what rests on it is never taken for a breach."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from urllib.parse import parse_qsl

import pytest

from conformance.browser.pages import CONTROL as RENDERED
from conformance.preflight.examination import examine
from conformance.preflight.terminal_text import diagnoses
from conformance.profile.loading import Profile, parse_profile
from conformance.running.collecting import Case, collect_cases
from reference_server import build
from reference_server.defects.error_pages import bare_page, shown
from reference_server.pipeline import Call, Response, after, named
from reference_server.pipeline import replace as replace_step
from reference_server.profile import profile_for
from reference_server.variants import VARIANTS
from tests.matrix.engine import BASE, CONTROL, PLAIN, SETTINGS, open_world, run_case
from tests.preflight.test_minimal_profiles import DEPLOYMENTS, minimal
from tests.preflight.worlds import SOURCE, document, examined, profile_of, world_with

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
FILES = (
    "documents/rfc6749/test_s04_1_[123]*.py",
    "documents/rfc6749/test_s04_2_2_1*.py",
    "documents/rfc6749/test_s05_1*.py",
    "documents/rfc6749/test_s04_3*.py",
    "documents/rfc7009/test_s02_1_*.py",
)


@cache
def some_cases() -> tuple[Case, ...]:
    """The tests of `FILES`."""
    return tuple(case for files in FILES for case in collect_cases(files))


def mistyped(what: str) -> Profile:
    """The right profile with a mistake."""
    text = profile_for(build(SETTINGS), BASE, PLAIN, CONTROL)
    right, wrong, _ = MISTYPED[what]
    assert right in text
    return parse_profile(text.replace(right, wrong), SOURCE)


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


def decisions(profile: Profile) -> list[tuple[str, str]]:
    """What was decided at consent pages, in order: approve or decline, and whose request it was."""
    sent = [exchange.request for control in examined(profile).controls for exchange in control.exchanges]
    posted = [dict(parse_qsl(request.body.decode())) for request in sent if request.method == "POST"]
    posted = [form for form in posted if "authorization_request" in form]
    asked = [(form, dict(parse_qsl(form["authorization_request"]))) for form in posted if "password" not in form]
    decided = [(form, request) for form, request in asked if "decision" in form or "_method" in form]
    return [("decline" if "_method" in form else "approve", request["client_id"]) for form, request in decided]


@pytest.mark.parametrize("deployment", ["everything", "codes and refresh", "bundled"])
def test_each_client_is_approved_once_after_all_is_declined(deployment: str) -> None:
    bundled = profile_for(build(SETTINGS), BASE, PLAIN, CONTROL)
    text = bundled if deployment == "bundled" else minimal(*DEPLOYMENTS[deployment])
    made = decisions(parse_profile(text, SOURCE))
    words = [decision for decision, _ in made]
    approved = [client for decision, client in made if decision == "approve"]
    assert words == sorted(words, reverse=True), "a decline after an approval"
    assert approved
    assert len(approved) == len(set(approved))
    assert words.count("decline") > len(approved)


def keep_for_all(call: Call) -> None:
    """RFC 6749 section 6: a new refresh token is optional; here it comes with all that was granted."""
    if set(call.scope) != set(call.grant.scope):
        call.refresh_token = None


def test_a_refresh_for_less_uses_up_what_was_held() -> None:
    content = document()
    content["features"]["grants"] = ["authorization_code", "refresh_token"]
    content["features"] |= {"extension_grant": False, "introspection_bearer": False}
    replay_ends_all = next(variant.edits for variant in VARIANTS if variant.name == "replay-ends-everything")

    examiner = examined(profile_of(content), (*replay_ends_all, after("issue", "make_refresh_token", keep_for_all)))

    refreshed = [
        exchange.reply.status
        for control in examiner.controls
        for exchange in control.exchanges
        if exchange.reply is not None and b"grant_type=refresh_token" in exchange.request.body
    ]
    assert set(refreshed) == {200}


def test_a_denial_that_ends_on_a_page_blames_no_password() -> None:
    examiner = examined(profile_of(document()), (shown(bare_page(400)),))

    signed_in = next(control for control in examiner.controls if control.name == "[resource_owner]: signs in")
    assert signed_in.state == "holds"
    assert examiner.faults == {}


def show_button_of_script(call: Call) -> Response:
    """A page on which nobody can say no, as a browser driver hands it on: a script makes its button work."""
    text = f"<p>{call.client.client_id} asks.</p><button type='button' {RENDERED}='0'>Grant access</button>"
    return Response(200, text.encode(), [("Content-Type", "text/html")])


def test_a_page_that_asks_by_script_refuses_no_redirect_uri() -> None:
    edits = (replace_step("consent", "show_consent", named("show_consent", show_button_of_script)),)

    examiner = examined(profile_of(document()), edits)

    uris = [control for control in examiner.controls if ": redirect URI " in control.name]
    assert uris
    assert [control.diagnosis() for control in uris if control.state == "fails"] == []
