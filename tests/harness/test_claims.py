"""Claims: what a profile says that its target keeps, and what follows for verdicts, conclusion and gate."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from conformance.profile.loading import ProfileError, parse_profile, with_outlook
from conformance.reporting.comparison import change_of
from conformance.tally.catalogue import load_catalogue
from conformance.tally.claims import Claims, claims, claims_of
from conformance.tally.gathered import Header, TestResult
from tests.reporting import synthetic

CATALOGUE = load_catalogue()
PROFILE = """
{claims}
[target]
name = "s"
base_url = "http://127.0.0.1:1"
[clients.confidential]
client_id = "c"
client_secret = "x"
[features]
grants = ["client_credentials"]
{features}
"""
PKCE = "rfc7636-4.6-verifier-verified"
BEARER = next(each.id for each in CATALOGUE.requirements if each.role == "resource-server" and each.level == "MUST")
CORE = "rfc6749-5.1-success-status-200"


def target(line: str = "", features: str = "") -> Any:
    return parse_profile(PROFILE.format(claims=line, features=features), "p.toml").target


def results(made: Claims | None, *broken: str) -> dict[str, Any]:
    needs = {name for each in broken for name in CATALOGUE.by_id[each].needs}
    tests = [TestResult(each, f"test_{each}", "broken", expected="this", observed="that") for each in broken]
    return synthetic.content(tests, claims=made, features=tuple(needs))


def entry(content: dict[str, Any], identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in content["requirements"] if each["id"] == identifier)
    return found


def test_a_profile_without_claims_makes_those_that_are_implied() -> None:
    implied = Claims(("core", "revocation", "introspection", "documented-api", "bearer"))
    assert target().claims == target(features="pkce = true").claims == implied


def test_an_implied_claim_is_told_where_something_of_it_is_applicable() -> None:
    told = [
        claim["name"]
        for claim in synthetic.content([], claims=claims_of(None, []), features=("token_endpoint",))["claims"]
    ]
    assert told == ["core"]


def test_a_client_claims_nothing_of_a_server() -> None:
    assert claims_of(None, ["client", "token_endpoint", "revocation"]).names == ("client",)


def test_a_claim_brings_the_features_that_it_demands() -> None:
    found = target('claims = ["core", "pkce"]')
    assert "pkce" in found.features
    assert found.claims == Claims(("core", "pkce"), are_named=True)


@pytest.mark.parametrize(
    ("line", "features", "words"),
    [
        ('claims = ["pcke"]', "", ("line 2", "no claim 'pcke'", "did you mean")),
        ('claims = ["pkce"]', "pkce = false", ("line 2", "pkce is a claim of pkce, which the profile doesn't have")),
        ('claims = ["documented-api"]', "", ("line 2", "documented_api")),
        ("claims = []", "", ("line 2", "claims")),
    ],
)
def test_a_claim_that_nothing_founds_is_told_with_its_line(line: str, features: str, words: tuple[str, ...]) -> None:
    with pytest.raises(ProfileError) as raised:
        target(line, features)
    assert [word for word in words if word not in str(raised.value)] == []


def test_what_is_not_claimed_is_an_outlook_outside_conclusion_and_gate() -> None:
    content = results(Claims(("core",)), PKCE)
    found = entry(content, PKCE)
    assert (found["verdict"], found["outlook"], found["claimed"]) == ("not applicable", "failed", False)
    assert "names no pkce" in found["reason"]
    assert content["conclusion"] != "not conformant"
    assert (content["gate"] != 1, content["faults"]) == (True, [])
    assert [(each["name"], each["decided"], each["failed"]) for each in content["outlook"]] == [("pkce", 1, 1)]


def test_each_claim_has_a_conclusion_of_its_own() -> None:
    content = results(Claims(("core", "pkce"), are_named=True), PKCE)
    conclusions = {each["name"]: each["conclusion"] for each in content["claims"]}
    assert conclusions["pkce"] == content["conclusion"] == "not conformant"
    assert conclusions["core"] != "not conformant"
    assert content["gate"] == 1


def test_a_claim_without_anything_applicable_is_not_kept() -> None:
    content = synthetic.content([], claims=Claims(("issuer",), are_named=True), features=("token_endpoint",))
    assert [claim["conclusion"] for claim in content["claims"]] == ["partial"]


def test_a_fault_of_the_suite_is_told_in_an_outlook_too() -> None:
    content = synthetic.content([TestResult(PKCE, "test", "error", detail="broken")], claims=Claims(("core",)))
    assert (entry(content, PKCE)["verdict"], content["gate"]) == ("error", 3)


def test_bearer_tokens_count_for_the_conclusion_where_they_are_named() -> None:
    implied = results(claims_of(None, ["protected_resource", "token_endpoint"]), BEARER)
    assert (implied["conclusion"] == "not conformant", implied["gate"]) == (False, 1)
    named = results(Claims(("core", "bearer"), are_named=True), BEARER)
    assert (named["conclusion"], named["gate"]) == ("not conformant", 1)
    left_out = results(Claims(("core",), are_named=True), BEARER)
    assert (entry(left_out, BEARER)["outlook"], left_out["gate"] == 1) == ("failed", False)


@pytest.mark.parametrize("broken", [(CORE,), (BEARER,), (), ("http-15.5.2-challenge-in-401",)])
def test_implied_claims_leave_conclusion_and_gate_as_they_were(broken: tuple[str, ...]) -> None:
    features = ["token_endpoint", "revocation", "introspection", "documented_layout", "protected_resource"]
    before, after = results(None, *broken), results(claims_of(None, features), *broken)
    assert (after["gate"], after["conclusion"]) == (before["gate"], before["conclusion"])


def test_an_outlook_is_never_a_regression() -> None:
    before, after = results(Claims(("core",)), PKCE), results(Claims(("core", "pkce")), PKCE)
    assert change_of(entry(before, PKCE), entry(after, PKCE)) == "other"
    assert change_of(entry(after, PKCE), entry(before, PKCE)) == "other"


def test_an_outlook_tests_what_is_not_claimed() -> None:
    profile = parse_profile(PROFILE.format(claims="", features=""), "p.toml")
    assert not profile.target.claims.outlook
    assert with_outlook(profile).target.claims.outlook


def test_claims_survive_the_journal() -> None:
    made = Claims(("core", "pkce"), are_named=True)
    written = synthetic.header(claims=made)
    assert Header.of_dict(json.loads(json.dumps(asdict(written)))).claims == made


def test_every_claim_takes_something() -> None:
    for name, claim in claims().items():
        assert any(claim.covers(each.id, each.document, each.section, each.role) for each in CATALOGUE.requirements), (
            name
        )


def test_the_documentation_names_every_claim() -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "claims.md").read_text(encoding="utf-8")
    assert [name for name, claim in claims().items() if f"| `{name}` | {claim.says}" not in page] == []
