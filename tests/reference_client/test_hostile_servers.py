"""What the exact client refuses, and what it bears."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path

import pytest

import reference_client
from reference_client import Refused, Registration
from reference_server import Call, Edit, Response, Settings, after, before, demo, remove, replace, setting
from reference_server.pipeline import Step, named
from tests.reference_client.world import World, answers, serving

ANSWER = "authorization.code_response"


def putting(name: str, value: object) -> Step:
    """A step that puts a member or parameter into an answer."""
    return named(f"put_{name}", lambda call: call.answer.update({name: value}))


def dropping(name: str) -> Step:
    """A step that takes one out."""

    def drop(call: Call) -> None:
        call.answer.pop(name, None)

    return named(f"drop_{name}", drop)


def answering(status: int, body: bytes, *headers: tuple[str, str]) -> Callable[[Call], Response]:
    """A step that answers, whatever was asked."""
    return lambda call: answers(status, body, *headers)


BEFORE_EXCHANGE = {
    "state of another": after(ANSWER, "put_issuer", putting("state", "forged")),
    "no state": after(ANSWER, "put_issuer", dropping("state")),
    "issuer of another": after(ANSWER, "put_issuer", putting("iss", "https://attacker.example")),
    "no issuer": after(ANSWER, "put_issuer", dropping("iss")),
    "unannounced issuer": remove("metadata", "put_issuer_parameter"),
    "no code": after(ANSWER, "put_issuer", dropping("code")),
    "error beside a code": after(ANSWER, "put_issuer", putting("error", "access_denied")),
    "metadata of another": after("metadata", "put_issuer", putting("issuer", "https://attacker.example")),
    "token endpoint in the clear": after("metadata", "put_endpoints", putting("token_endpoint", "http://127.0.0.1/t")),
    "metadata that can't be read": replace("metadata", "render_metadata", answering(200, b"{")),
    "expired certificate": setting(certificate_days=-1),
    "certificate of another": setting(certificate_names=("localhost",)),
}


@pytest.mark.parametrize("edit", BEFORE_EXCHANGE.values(), ids=BEFORE_EXCHANGE)
def test_no_code_is_exchanged(tmp_path: Path, edit: Edit) -> None:
    settings = Settings(**dict(edit.changes))
    with serving(tmp_path, [edit], settings) as world, pytest.raises(Refused):
        reference_client.login(world.registration())
    assert world.sent("token") == []


ISSUED = {"access_token": "an-access-token", "token_type": "Bearer"}
ANSWERS = {
    "unknown type": (200, json.dumps({**ISSUED, "token_type": "mac"}).encode(), ()),
    "no type": (200, b'{"access_token": "an-access-token"}', ()),
    "broken JSON": (200, b'{"access_token": ', ()),
    "a list": (200, b"[]", ()),
    "nesting": (200, b"[" * 100_000, ()),
    "a token for no header": (200, json.dumps({**ISSUED, "access_token": "a\nb\ud800"}).encode(), ()),
    "an error": (400, b'{"error": "invalid_grant"}', ()),
    "an unknown error": (418, b'{"error": ["?"]}', ()),
    "busy": (503, b"", (("Retry-After", "1"),)),
    "elsewhere": (307, json.dumps(ISSUED).encode(), (("Location", "/api/me"),)),
    "too much": (200, b" " * 2_000_000, ()),
}


@pytest.mark.parametrize(("status", "body", "headers"), ANSWERS.values(), ids=ANSWERS)
def test_no_token_is_used(tmp_path: Path, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    with serving(tmp_path, [first("token", answering(status, body, *headers))]) as world, pytest.raises(Refused):
        reference_client.login(world.registration())
    assert (len(world.sent("token")), world.sent("resource.me")) == (1, [])


def first(list_name: str, step: Step) -> Edit:
    """An edit that answers at once."""
    return before(list_name, "require_tls", step)


BORNE: dict[str, tuple[Edit, ...]] = {
    "unknown parameter": (after(ANSWER, "put_issuer", putting("session_state", "a b&c")),),
    "unknown members": (after("token.response", "put_access_token", putting("extension", {"a": [1, None]})),),
    "type in capitals": (after("token.response", "put_token_type", putting("token_type", "BEARER")),),
    "no lifetime": (remove("token.response", "put_expires_in"),),
    "smaller scope": (after("token.response", "put_scope", putting("scope", "me")),),
    "no metadata": (first("metadata", answering(404, b"")), remove(ANSWER, "put_issuer")),
}


@pytest.mark.parametrize("edits", BORNE.values(), ids=BORNE)
def test_a_login_bears(tmp_path: Path, edits: tuple[Edit, ...]) -> None:
    with serving(tmp_path, edits) as world:
        tokens = reference_client.login(configured(world))
    assert tokens["access_token"]


def configured(world: World) -> Registration:
    """A registration that knows the endpoints without metadata."""
    where = f"{world.issuer}/oauth"
    return changed(world.registration(), authorization_endpoint=f"{where}/authorize", token_endpoint=f"{where}/token")


def once(list_name: str, step_name: str, answer: Response) -> Edit:
    """An edit that answers the first request only, before a step."""
    seen: list[Call] = []

    def answer_once(call: Call) -> Response | None:
        seen.append(call)
        return answer if len(seen) == 1 else None

    return before(list_name, step_name, answer_once)


def test_a_refused_token_is_renewed(tmp_path: Path) -> None:
    with serving(tmp_path, [once("resource.me", "require_tls", Response(401))]) as world:
        tokens = reference_client.login(world.registration())
    assert [form["grant_type"] for form in world.forms("token")] == ["authorization_code", "refresh_token"]
    assert world.sent("resource.me")[1].header(b"authorization") == f"Bearer {tokens['access_token']}"


def test_an_expired_token_is_renewed_before_it_is_used(tmp_path: Path) -> None:
    with serving(tmp_path, [after("token.response", "put_expires_in", putting("expires_in", 0))]) as world:
        reference_client.login(world.registration())
    assert [form["grant_type"] for form in world.forms("token")] == ["authorization_code", "refresh_token"]
    assert len(world.sent("resource.me")) == 1


def test_a_refused_refresh_token_leads_back_to_the_owner_once(tmp_path: Path) -> None:
    refused = before("grant.refresh_token", "require_refresh_token", answering(400, b'{"error": "invalid_grant"}'))
    with serving(tmp_path, [first("resource.me", answering(401, b"")), refused]) as world, pytest.raises(Refused):
        reference_client.login(world.registration())
    assert len(world.asked()) == 2


def test_a_busy_revocation_endpoint_is_asked_again(tmp_path: Path) -> None:
    busy = answers(503, b"", ("Retry-After", "0"))
    with serving(tmp_path, [once("revocation", "read_form", busy)]) as world:
        tokens = reference_client.login(world.registration(demo.CONFIDENTIAL, "revocation"))
    assert world.forms("revocation")[0] == world.forms("revocation")[1]
    assert "refresh_token" not in tokens


def test_a_kind_that_cant_be_revoked_is_kept(tmp_path: Path) -> None:
    unsupported = answering(400, b'{"error": "unsupported_token_type"}')
    with serving(tmp_path, [before("revocation", "read_form", unsupported)]) as world:
        tokens = reference_client.login(world.registration(demo.CONFIDENTIAL, "revocation"))
    assert "refresh_token" in tokens
