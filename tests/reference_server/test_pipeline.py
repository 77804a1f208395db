"""Edits of the lists, the trace, defects, variants and the profile."""

from __future__ import annotations

import time
import tomllib

import pytest

from reference_server import Response, after, before, build, catalogue_fault, demo, remove, replace, setting
from reference_server.defects import DEFECTS, Defect
from reference_server.endpoints import PATHS, PIPELINES
from reference_server.pipeline import Call, edited
from reference_server.profile import merged, profile_for, to_toml
from reference_server.variants import VARIANTS, Variant
from tests.reference_server.driver import FAST, Browser, browser


def nothing(call: Call) -> None:
    """Does nothing."""


def names(edit: object) -> list[str]:
    return [step.__name__ for step in edited(PIPELINES, [edit])["issue"]]  # type: ignore[list-item]


def test_edits() -> None:
    assert names(remove("issue", "make_refresh_token")) == ["make_access_token"]
    assert names(replace("issue", "make_access_token", nothing)) == ["nothing", "make_refresh_token"]
    assert names(before("issue", "make_access_token", nothing))[0] == "nothing"
    assert names(after("issue", "make_access_token", nothing))[1] == "nothing"
    assert len(PIPELINES["issue"]) == 2


@pytest.mark.parametrize(
    "edit", [remove("no_list", "respond"), remove("token", "no_step"), setting(no_such_setting=1)], ids=str
)
def test_edits_that_fit_nothing_are_errors(edit: object) -> None:
    with pytest.raises(ValueError, match="no "):
        build(FAST, [edit])  # type: ignore[list-item]


def test_touches() -> None:
    assert remove("token", "respond").touches() == {("token", "respond")}
    assert setting(code_lifetime=1).touches() is None


def test_every_list_has_steps_with_names_of_their_own() -> None:
    for steps in PIPELINES.values():
        assert len({step.__name__ for step in steps}) == len(steps)
        assert all(step.__doc__ for step in steps)
    for endpoint in PATHS.values():
        assert {endpoint, f"{endpoint}.error", f"{endpoint}.finish"} <= set(PIPELINES)


def test_trace_and_settings_of_each_server_are_its_own() -> None:
    seen: list[tuple[str, str]] = []
    traced = Browser(build(FAST, trace=lambda name, step: seen.append((name, step))))
    short = browser(setting(access_token_lifetime=5))
    assert traced.token(demo.CONFIDENTIAL, grant_type="client_credentials").json["expires_in"] == 1_209_600
    assert short.token(demo.CONFIDENTIAL, grant_type="client_credentials").json["expires_in"] == 5
    assert ("grant.client_credentials", "open_grant") in seen
    assert seen[-1] == ("token.finish", "forbid_sniffing")


def test_building_is_fast() -> None:
    # Of this process alone: whatever else the machine does counts for nothing.
    started = time.process_time()
    for _ in range(10):
        build(FAST).close()
    assert (time.process_time() - started) / 10 < 0.02


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_defects_fit(defect: Defect) -> None:
    on = [variant for variant in VARIANTS if variant.name == defect.on]
    build(FAST, [*(edit for variant in on for edit in variant.edits), *defect.edits]).close()


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_variants_fit(variant: Variant) -> None:
    server = build(FAST, variant.edits)
    assert tomllib.loads(profile_for(server, "https://x", overlay=variant.profile))["target"]["base_url"] == "https://x"


def test_choices_are_checked() -> None:
    assert catalogue_fault(None, []) is None
    assert catalogue_fault("no-implicit", ["cacheable-token-response"]) is None
    assert catalogue_fault("zzzzzz", []) == "there is no variant named 'zzzzzz'"
    assert catalogue_fault(None, ["zzzzzz"]) == "there is no defect named 'zzzzzz'"


def test_profile() -> None:
    profile = tomllib.loads(profile_for(build(FAST), "https://x", "http://y", "http://z", "/ca.pem"))
    assert profile["control"] == {"url": "http://z"}
    assert profile["clients"]["special"]["client_secret"] == demo.SPECIAL.secret
    assert profile["clients"]["restricted"]["barred"] == ["implicit", "password", "client_credentials"]
    assert profile["clients"]["confidential"]["grant_scopes"]["client_credentials"] == ["app", "basic"]
    assert profile["limits"]["failed_authentications"] == 10
    assert profile["documented"]["external_authentication_token"]["client"] == "external"


def test_profile_of_a_smaller_server() -> None:
    server = build(FAST, [setting(grants=("password",), endpoints=("token",), extension_grant_type=None)])
    profile = tomllib.loads(profile_for(server, "https://x"))
    assert profile["features"]["grants"] == ["password"]
    assert not profile["features"]["introspection"]
    assert "extension_grant" not in profile
    assert list(profile["endpoints"]) == ["token"]


def test_toml() -> None:
    table = {"a b": 'x"\\\n\x7fü', "list": ["1", 2, True], "table": {"inner": {"k": 1.5}, "empty": {}}}
    assert tomllib.loads(to_toml(table)) == table
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}) == {"a": {"c": 2, "d": 3}}


def test_a_step_may_answer_at_once_or_later() -> None:
    async def later(call: Call) -> Response:
        return Response(299)

    agent = browser(before("metadata", "put_issuer", later))
    assert agent.get("/.well-known/oauth-authorization-server").status == 299
