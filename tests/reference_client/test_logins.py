"""What the exact client sends to an honest server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

import reference_client
from reference_client.steps.authorization import s256
from reference_server import Call, demo
from tests.reference_client.world import World, serving


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as world:
        yield world


def basic(call: Call) -> list[str]:
    scheme, _, text = (call.header(b"authorization") or "").partition(" ")
    assert scheme == "Basic"
    return [unquote_plus(part) for part in base64.b64decode(text).decode().split(":")]


def test_a_login_by_code(world: World) -> None:
    tokens = reference_client.login(world.registration())
    (request,), (exchange,) = world.asked(), world.forms("token")
    assert tokens["access_token"]
    assert (request["response_type"], request["redirect_uri"]) == ("code", exchange["redirect_uri"])
    assert (request["code_challenge"], request["code_challenge_method"]) == (s256(exchange["code_verifier"]), "S256")
    assert (len(exchange["code_verifier"]), len(request["state"])) == (43, 43)
    assert set(exchange) == {"grant_type", "code", "redirect_uri", "code_verifier"}
    (token_call,) = world.sent("token")
    assert (token_call.method, token_call.query_string) == ("POST", b"")
    assert basic(token_call) == ["client-a", demo.CONFIDENTIAL.secret]
    (resource_call,) = world.sent("resource.me")
    assert resource_call.header(b"authorization") == f"Bearer {tokens['access_token']}"


def test_odd_credentials_are_form_encoded(world: World) -> None:
    reference_client.login(world.registration(demo.SPECIAL))
    (call,) = world.sent("token")
    assert basic(call) == [demo.SPECIAL.client_id, demo.SPECIAL.secret]


def test_a_public_client_names_itself(world: World) -> None:
    reference_client.login(world.registration(demo.PUBLIC))
    (call,), (form,) = world.sent("token"), world.forms("token")
    assert (call.header(b"authorization"), form["client_id"]) == (None, "client-public")


def test_two_logins_have_nothing_in_common(world: World) -> None:
    reference_client.login(world.registration(demo.CONFIDENTIAL, "second_login"))
    first, second = world.asked()
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_refreshing_twice_takes_the_latest_token(world: World) -> None:
    reference_client.login(world.registration(demo.CONFIDENTIAL, "refresh"))
    _, first, second = world.forms("token")
    assert set(first) == {"grant_type", "refresh_token"}
    assert first["refresh_token"] != second["refresh_token"]
    assert len({call.header(b"authorization") for call in world.sent("resource.me")}) == 3


def test_the_refresh_token_is_revoked(world: World) -> None:
    tokens = reference_client.login(world.registration(demo.CONFIDENTIAL, "revocation"))
    (form,), (call,) = world.forms("revocation"), world.sent("revocation")
    assert form["token_type_hint"] == "refresh_token"
    assert basic(call) == ["client-a", demo.CONFIDENTIAL.secret]
    assert tokens == {"token_type": "bearer", "scope": "me profile"}


def test_client_credentials_need_no_user_agent(world: World) -> None:
    registration = world.registration(demo.CONFIDENTIAL, "client_credentials")
    tokens = reference_client.logged_in(reference_client.build([reference_client.setting(scope="app")]), registration)
    (form,) = world.forms("token")
    assert (form, tokens["scope"]) == ({"grant_type": "client_credentials", "scope": "app"}, "app")
    assert world.asked() == []
