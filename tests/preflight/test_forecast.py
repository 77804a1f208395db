"""A run does to the target what was foretold of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from conformance.bundled import start_bundled
from conformance.harness.footprint import AccountUse, Footprint
from conformance.preflight import terminal_text
from conformance.preflight.controls import Examiner
from conformance.preflight.forecast import Outlook, foresee
from conformance.profile.loading import Profile
from conformance.running.collecting import collect_cases
from tests.cli.commanding import command, results
from tests.preflight.worlds import document, profile_of, world_with

# Sign-ins and approvals, guesses, secrets, tokens.
SELECTED = ("rfc6749-4.1.2", "rfc6749-4.3", "rfc6749-2.3.1", "rfc6749-10.10", "rfc7009-2.1")
ONLY = [word for name in SELECTED for word in ("--only", name)]


def ran(folder: Path, *words: str, variant: str | None = None) -> dict[str, Any]:
    """The results of a run against a server of its own, with the server's profile."""
    with start_bundled(["--variant", variant] if variant else []) as server:
        (folder / "p.toml").write_text(server.profile, encoding="utf-8")
        done = command("run", "p.toml", *ONLY, *words, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {**results(folder), "said": " ".join(done.stderr.split())}


def test_a_run_does_exactly_what_was_foretold(tmp_path: Path) -> None:
    content = ran(tmp_path)
    forecast, footprint = content["forecast"], content["footprint"]
    assert {name: footprint[name] for name in forecast} == forecast
    assert forecast["accounts"]["resource_owner"]["approvals"] > 10
    assert "[resource_owner_guessing]" in content["said"].partition("may lock")[2]


@pytest.mark.parametrize("variant", ["sign-in-over-two-pages", "consent-remembered"])
def test_on_another_server_it_is_nearly_so(variant: str, tmp_path: Path) -> None:
    content = ran(tmp_path, variant=variant)
    foretold, seen = numbers(content["forecast"]), numbers(content["footprint"])
    assert {name: (foretold[name], seen[name]) for name in foretold if not is_near(foretold[name], seen[name])} == {}


def numbers(content: Mapping[str, Any], path: str = "") -> dict[str, int]:
    """Every number, by its place."""
    found: dict[str, int] = {}
    for name, value in content.items():
        place = f"{path}.{name}" if path else name
        found |= numbers(value, place) if isinstance(value, dict) else {place: value}
    return found


def is_near(one: int, other: int) -> bool:
    """Less than a tenth apart, or hardly a handful."""
    return abs(one - other) <= max(3, 0.1 * max(one, other))


def test_a_run_revokes_its_tokens_unless_told_to_leave_them(tmp_path: Path) -> None:
    revoked = ran(tmp_path, "--only", "rfc7009")["footprint"]
    left = ran(tmp_path, "--only", "rfc7009", "--leave")["footprint"]
    assert (left["revoked"], left["why_left"]) == (0, "--leave")
    assert left["left"] == left["access_tokens"] + left["refresh_tokens"] > 0
    assert revoked["revoked"] + revoked["left"] == revoked["access_tokens"] + revoked["refresh_tokens"]
    # A client that guessing has locked can't revoke: the right secret brought it a token by header and one by body.
    assert revoked["left"] <= 2


def foreseen(
    profile: Profile, before: Footprint | None = None, files: str = "documents/rfc6749/test_s04_1_[23]*.py"
) -> Outlook:
    """The outlook of a run of some tests."""
    world = world_with(profile)
    outlook = foresee(profile, Examiner(profile, world.session), before or Footprint(), collect_cases(files))
    world.session.close()
    return outlook


def test_waiting_counts_as_time() -> None:
    content = document()
    del content["control"]
    content["target"]["wait"] = True
    outlook = foreseen(profile_of(content))
    assert outlook.waits >= content["limits"]["code_lifetime"]
    assert outlook.seconds > outlook.waits
    stream = StringIO()
    terminal_text.print_forecast(outlook, profile_of(content).target, stream, leaves=False)
    assert "of it waiting" in stream.getvalue()


def test_a_person_is_asked_as_often_as_the_profile_allows() -> None:
    content = document()
    content["sign_in"] = {"driver": "manual", "most_approvals": 4}
    outlook = foreseen(profile_of(content))
    assert outlook.footprint.accounts["resource_owner"].approvals <= 4
    assert outlook.waits == 4 * 20
    assert any("most_approvals" in reason for reason, _ in outlook.reasons("untested"))


def test_a_pace_and_a_slow_driver_count_as_time() -> None:
    profile = profile_of(document())
    paced = replace(
        profile, target=replace(profile.target, limits=replace(profile.target.limits, requests_per_second=2))
    )
    slow = Footprint(journeys=2, driven=10.0, on_the_way=8)
    plain, at_pace, driven = foreseen(profile), foreseen(paced), foreseen(profile, slow)
    assert at_pace.seconds >= at_pace.requests / 2
    assert driven.seconds - plain.seconds > 4 * plain.footprint.journeys


def test_where_each_request_asks_who_is_there_all_sign_in_anew() -> None:
    profile = profile_of(document())
    forgetful = Footprint(accounts={"resource_owner": AccountUse(journeys=5, entered=5, sign_ins=5)})
    usual = foreseen(profile).footprint.accounts["resource_owner"]
    anew = foreseen(profile, forgetful).footprint.accounts["resource_owner"]
    assert usual.entered < usual.journeys
    assert anew.sign_ins == usual.sign_ins + usual.journeys - usual.entered + 5


def test_a_wrong_endpoint_is_foretold_at_the_place_that_the_profile_names() -> None:
    profile = profile_of(document())
    wrong = replace(profile, target=replace(profile.target, faults={"endpoints.metadata": "there is no metadata"}))
    assert foreseen(wrong).seconds > 0
