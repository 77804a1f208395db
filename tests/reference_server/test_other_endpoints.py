"""Revocation, introspection, token info, resources, metadata, plain HTTP and the control port."""

from __future__ import annotations

import pytest

from reference_server import Client, demo, setting
from reference_server.pipeline import Edit
from reference_server.variants import VARIANTS
from tests.reference_server.driver import Browser, basic, bearer, browser, credentials

USER = {"grant_type": "password", "username": "alice", "password": "alice-demo-password"}
MEMBERS = "active scope client_id username token_type exp iat nbf sub aud iss jti".split()  # noqa: SIM905
APP = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def agent() -> Browser:
    return browser()


def edits_of(variant: str) -> tuple[Edit, ...]:
    return next(each for each in VARIANTS if each.name == variant).edits


def user_tokens(agent: Browser, client: Client = demo.CONFIDENTIAL) -> tuple[str, str]:
    tokens = agent.token(client, **USER).json
    return tokens["access_token"], tokens["refresh_token"]


def app_token(agent: Browser, scope: str = "app") -> str:
    return str(agent.token(demo.CONFIDENTIAL, **APP, scope=scope).json["access_token"])


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "invented"])
@pytest.mark.parametrize("client", [demo.CONFIDENTIAL, demo.PUBLIC], ids=lambda client: client.name)
def test_revoking_an_access_token(agent: Browser, client: Client, hint: str) -> None:
    access, refresh = user_tokens(agent, client)
    assert agent.post("/oauth/revoke", token=access, token_type_hint=hint, **credentials(client)).status == 200
    assert (agent.active(access), agent.active(refresh)) == (False, True)


def test_revoking_a_refresh_token_ends_its_access_tokens(agent: Browser) -> None:
    access, refresh = user_tokens(agent)
    assert agent.post("/oauth/revoke", token=refresh, **credentials(demo.CONFIDENTIAL)).status == 200
    assert (agent.active(access), agent.active(refresh)) == (False, False)


def test_revoking_an_access_token_may_end_the_refresh_token() -> None:
    agent = browser(*edits_of("grant-ends-with-access-token"))
    access, refresh = user_tokens(agent)
    agent.post("/oauth/revoke", token=access, **credentials(demo.CONFIDENTIAL))
    assert (agent.active(access), agent.active(refresh)) == (False, False)


def test_revocation_refused(agent: Browser) -> None:
    access, _ = user_tokens(agent)
    other = agent.post("/oauth/revoke", token=access, **credentials(demo.OTHER))
    assert (other.status, other.json["error"]) == (400, "unauthorized_client")
    wrong = agent.post("/oauth/revoke", basic("client-a", "wrong"), token=access)
    assert (wrong.status, (wrong.header("www-authenticate") or "")[:5]) == (401, "Basic")
    missing = agent.post("/oauth/revoke", **credentials(demo.CONFIDENTIAL))
    assert (missing.status, missing.json["error"]) == (400, "invalid_request")
    assert agent.get("/oauth/revoke", token=access).status == 405
    assert agent.active(access)
    assert agent.post("/oauth/revoke", token="unknown", **credentials(demo.CONFIDENTIAL)).status == 200


def test_introspection_of_active_tokens(agent: Browser) -> None:
    access, refresh = user_tokens(agent)
    told = agent.post("/oauth/introspect", token=access, **credentials(demo.OTHER))
    assert told.header("cache-control") == "no-store"
    assert list(told.json) == MEMBERS
    assert told.json["active"] is True
    assert told.json["exp"] - told.json["iat"] == 1_209_600
    assert agent.post("/oauth/introspect", token=refresh, **credentials(demo.OTHER)).json["active"] is True
    app = agent.post("/oauth/introspect", token=app_token(agent), **credentials(demo.OTHER)).json
    assert ("username" in app, app["sub"]) == (False, "client-a")


def test_introspection_of_other_tokens_says_one_thing(agent: Browser) -> None:
    access, _ = user_tokens(agent)
    agent.request("POST", "/age", {"credential": access, "seconds": "1209601"}, control=True)
    for token in (access, "unknown", "ü"):
        reply = agent.post("/oauth/introspect", token=token, **credentials(demo.OTHER))
        assert (reply.status, reply.json) == (200, {"active": False})


def test_introspection_needs_authorization(agent: Browser) -> None:
    access, _ = user_tokens(agent)
    for headers, form in (([], {}), ([], {"client_id": "client-public"}), ([basic("client-a", "wrong")], {})):
        assert agent.post("/oauth/introspect", *headers, token=access, **form).status == 401
    for token in ("unknown", access):
        refused = agent.post("/oauth/introspect", bearer(token), token=access)
        assert (refused.status, (refused.header("www-authenticate") or "")[:6]) == (401, "Bearer")
    assert agent.post("/oauth/introspect", bearer(app_token(agent)), token=access).json["active"] is True
    assert agent.post("/oauth/introspect", bearer(app_token(agent))).json["error"] == "invalid_request"
    off = browser(setting(introspection_bearer=False))
    assert off.post("/oauth/introspect", bearer(app_token(off)), token="x").json["error"] == "invalid_client"


def test_token_info(agent: Browser) -> None:
    access, refresh = user_tokens(agent)
    info = agent.request("GET", "/oauth/token/info", headers=[bearer(access)]).json
    assert (info["resource_owner_id"], info["scope"], info["application"]) == ("alice", ["me"], {"uid": "client-a"})
    assert 0 < info["expires_in"] <= 1_209_600
    assert isinstance(info["created_at"], int)
    assert (
        agent.request("GET", "/oauth/token/info", headers=[bearer(app_token(agent))]).json["resource_owner_id"] is None
    )
    for headers in ([], [bearer("unknown")], [bearer(refresh)], [bearer("a b")], [("Authorization", "Basic eDp5")]):
        reply = agent.request("GET", "/oauth/token/info", headers=headers)
        assert (reply.status, reply.body, (reply.header("www-authenticate") or "")[:6]) == (401, b"", "Bearer")


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("me", "/api/me", 200),
        ("me", "/api/app", 403),
        ("me", "/api/basic", 403),
        ("app", "/api/me", 403),
        ("app", "/api/app", 200),
        ("app", "/api/basic", 403),
        ("basic", "/api/app", 403),
        ("app basic", "/api/basic", 200),
    ],
)
def test_resources(agent: Browser, scope: str, path: str, status: int) -> None:
    token = user_tokens(agent)[0] if scope == "me" else app_token(agent, scope)
    reply = agent.request("GET", path, headers=[bearer(token)])
    assert reply.status == status
    assert reply.header("cache-control") == "private, no-store"
    challenge = reply.header("www-authenticate") or ""
    assert ('error="insufficient_scope"' in challenge) == (status == 403)
    assert (f'scope="{path.removeprefix("/api/")}"' in challenge) == (status == 403)


def test_ways_to_send_a_bearer_token(agent: Browser) -> None:
    token, _ = user_tokens(agent)
    assert agent.post("/api/me", access_token=token).status == 200
    assert agent.get("/api/me", access_token=token).status == 401
    assert agent.post("/api/me", bearer(token), access_token=token).status == 400
    missing = agent.get("/api/me").header("www-authenticate") or ""
    assert "error" not in missing
    query = browser(setting(bearer_query=True, bearer_form_body=False))
    token, _ = user_tokens(query)
    assert query.get("/api/me", access_token=token).status == 200
    assert query.post("/api/me", access_token=token).status == 401


def test_metadata(agent: Browser) -> None:
    metadata = agent.get("/.well-known/oauth-authorization-server").json
    assert metadata["issuer"] == "https://server.example"
    assert metadata["revocation_endpoint"] == "https://server.example/oauth/revoke"
    assert metadata["code_challenge_methods_supported"] == ["S256", "plain"]
    assert agent.request("HEAD", "/.well-known/oauth-authorization-server").body == b""


def test_endpoints_can_be_left_out() -> None:
    agent = browser(setting(endpoints=("token",)))
    assert agent.post("/oauth/revoke").status == 404
    assert agent.get("/nothing").status == 404


def test_plain_http_is_refused_but_for_revocation() -> None:
    agent = browser()
    access, _ = user_tokens(agent)
    agent.scheme = "http"
    for path in ("/oauth/authorize", "/sign_in", "/oauth/token", "/oauth/introspect", "/oauth/token/info", "/api/me"):
        assert agent.get(path).status == 403
    assert agent.post("/oauth/revoke", token=access, **credentials(demo.CONFIDENTIAL)).status == 200
    agent.scheme = "https"
    assert not agent.active(access)


def test_plain_http_can_be_redirected_or_processed() -> None:
    agent = browser(*edits_of("plain-http-redirected"))
    agent.scheme = "http"
    reply = agent.get("/oauth/authorize", x="1")
    assert (reply.status, reply.location) == (308, "https://server.example/oauth/authorize?x=1")
    agent = browser(setting(require_tls=False))
    agent.scheme = "http"
    assert agent.token(demo.CONFIDENTIAL, **APP).status == 200


def test_control_port(agent: Browser) -> None:
    token = app_token(agent)
    for form, status in (
        ({"credential": "unknown", "seconds": "1"}, 404),
        ({"credential": token, "seconds": "x"}, 400),
        ({"credential": token, "seconds": "100"}, 204),
    ):
        assert agent.request("POST", "/age", form, control=True).status == status
    info = agent.request("GET", "/oauth/token/info", headers=[bearer(token)]).json
    assert info["expires_in"] <= 1_209_500
    assert agent.request("POST", "/oauth/token", {"x": "y"}, control=True).status == 404
    assert agent.request("GET", "/age", control=True).status == 405
    assert agent.request("POST", "/age", {"credential": token, "seconds": "1"}).status == 404
