"""The token endpoint: client authentication, the rules of forms, grants that need no user agent."""

from __future__ import annotations

import pytest

from reference_server import Client, User, demo, setting
from tests.reference_server.driver import Browser, basic, browser, credentials


@pytest.fixture(scope="module")
def agent() -> Browser:
    return browser()


def test_client_credentials_answer(agent: Browser) -> None:
    reply = agent.token(demo.CONFIDENTIAL, grant_type="client_credentials", scope="app")
    assert reply.status == 200
    assert reply.header("content-type") == "application/json"
    assert (reply.header("cache-control"), reply.header("pragma")) == ("no-store", "no-cache")
    assert sorted(reply.json) == ["access_token", "created_at", "expires_in", "scope", "token_type"]
    assert (reply.json["token_type"], reply.json["scope"], reply.json["expires_in"]) == ("bearer", "app", 1_209_600)


@pytest.mark.parametrize("client", [demo.CONFIDENTIAL, demo.SPECIAL], ids=lambda client: client.name)
def test_basic_credentials_are_form_encoded(agent: Browser, client: Client) -> None:
    header = basic(client.client_id, client.secret or "")
    assert agent.post("/oauth/token", header, grant_type="client_credentials").status == 200
    assert agent.post("/oauth/token", header, grant_type="client_credentials", client_id=client.client_id).status == 200


def test_a_body_can_authenticate_the_special_client(agent: Browser) -> None:
    assert agent.token(demo.SPECIAL, grant_type="client_credentials").status == 200


GOOD = basic("client-a", demo.CONFIDENTIAL.secret or "")
MALFORMED = (
    ("Authorization", "Basic !"),
    ("Authorization", "Bearer x"),
    ("Authorization", "Basic"),
    ("Authorization", "Basic Y2xpZW50LWE="),
    ("Authorization", "Basic JTpi"),
)


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ([basic("client-a", "wrong")], {}),
        ([basic("nobody", "wrong")], {}),
        *[([header], {}) for header in MALFORMED],
        ([], {"client_id": "client-a"}),
        ([], {"client_id": "client-a", "client_secret": "wrong"}),
        ([], {"client_id": "client-public", "client_secret": "wrong"}),
        ([], {}),
    ],
)
def test_failed_client_authentication(agent: Browser, headers: list[tuple[str, str]], form: dict[str, str]) -> None:
    reply = agent.post("/oauth/token", *headers, grant_type="client_credentials", **form)
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert (reply.header("www-authenticate") or "").startswith("Basic realm=")
    assert reply.header("cache-control") == "no-store"


@pytest.mark.parametrize("form", [credentials(demo.CONFIDENTIAL), {"client_id": "client-b"}, {"client_secret": "x"}])
def test_two_methods_are_refused(agent: Browser, form: dict[str, str]) -> None:
    reply = agent.post("/oauth/token", GOOD, grant_type="client_credentials", **form)
    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&scope=app&scope=app", "invalid_request"),
        (b"grant_type=client_credentials&scope=%zz", "invalid_request"),
        (b"grant_type=client_credentials&scope=%ff", "invalid_request"),
        (b"grant_type=", "invalid_request"),
        (b"scope=app", "invalid_request"),
        (b"grant_type=unknown", "unsupported_grant_type"),
        (b"grant_type=user_credentials", "unsupported_grant_type"),
        (b"grant_type=Password", "unsupported_grant_type"),
        (b"grant_type=implicit", "unsupported_grant_type"),
        (b"grant_type=client_credentials&scope=me", "invalid_scope"),
        (b"grant_type=client_credentials&scope=nothing", "invalid_scope"),
        (b"grant_type=client_credentials&scope=app++basic", "invalid_scope"),
        (b"grant_type=client_credentials&scope=app%22", "invalid_scope"),
    ],
)
def test_bad_requests(agent: Browser, body: bytes, error: str) -> None:
    reply = agent.request("POST", "/oauth/token", body, [GOOD])
    assert (reply.status, reply.json["error"]) == (400, error)


@pytest.mark.parametrize("body", [b"grant_type=client_credentials&x=1&x=2&scope=", b"&&grant_type=client_credentials&"])
def test_unknown_and_empty_parameters_are_ignored(agent: Browser, body: bytes) -> None:
    reply = agent.request("POST", "/oauth/token", body, [GOOD])
    assert (reply.status, reply.json["scope"]) == (200, "app")


def test_other_media_types_methods_and_sizes(agent: Browser) -> None:
    as_json = agent.request("POST", "/oauth/token", (), [GOOD, ("Content-Type", "application/json")])
    assert (as_json.status, as_json.json["error"]) == (400, "invalid_request")
    wrong_method = agent.get("/oauth/token?grant_type=client_credentials")
    assert (wrong_method.status, wrong_method.header("allow")) == (405, "POST, DELETE")
    too_large = agent.request("POST", "/oauth/token", b"x=" + b"a" * 70_000, [GOOD])
    assert (too_large.status, too_large.json["error"]) == (413, "invalid_request")


def test_credentials_in_the_query_are_not_read(agent: Browser) -> None:
    query = f"client_id=client-a&client_secret={demo.CONFIDENTIAL.secret}"
    assert agent.post(f"/oauth/token?{query}", grant_type="client_credentials").status == 401


def test_barred_clients(agent: Browser) -> None:
    reply = agent.token(demo.RESTRICTED, grant_type="client_credentials")
    assert (reply.status, reply.json["error"]) == (400, "unauthorized_client")
    public = agent.token(demo.PUBLIC, grant_type="client_credentials")
    assert (public.status, public.json["error"]) == (400, "unauthorized_client")


PASSWORD = {"grant_type": "password", "username": "alice", "password": "alice-demo-password"}


@pytest.mark.parametrize("client", [demo.CONFIDENTIAL, demo.PUBLIC], ids=lambda client: client.name)
def test_password_grant(agent: Browser, client: Client) -> None:
    reply = agent.token(client, **PASSWORD)
    assert (reply.status, reply.json["scope"]) == (200, "me")
    assert reply.json["refresh_token"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"password": "wrong"}, "invalid_grant"),
        ({"username": "nobody"}, "invalid_grant"),
        ({"password": ""}, "invalid_request"),
        ({"username": ""}, "invalid_request"),
        ({"scope": "app"}, "invalid_scope"),
        ({"external_authentication_token": "x"}, "invalid_request"),
    ],
)
def test_password_grant_refused(agent: Browser, changes: dict[str, str], error: str) -> None:
    reply = agent.token(demo.CONFIDENTIAL, **PASSWORD | changes)
    assert (reply.status, reply.json["error"]) == (400, error)


@pytest.mark.parametrize(("user", "other"), [(demo.ALICE, demo.BOB), (demo.BOB, demo.ALICE)])
def test_external_authentication_token(agent: Browser, user: User, other: User) -> None:
    form = {"grant_type": "password", "external_authentication_token": user.external_authentication_token or ""}
    token = agent.token(demo.EXTERNAL, **form).json["access_token"]
    told = agent.post("/oauth/introspect", token=token, **credentials(demo.CONFIDENTIAL)).json
    assert told["username"] == user.username != other.username
    assert agent.token(demo.PUBLIC, **form).json["error"] == "unauthorized_client"
    wrong = agent.token(demo.EXTERNAL, grant_type="password", external_authentication_token="wrong")
    assert wrong.json["error"] == "invalid_grant"


def test_extension_grant(agent: Browser) -> None:
    grant_type, assertion = agent.server.settings.extension_grant_type or "", agent.server.settings.extension_assertion
    assert agent.token(demo.CONFIDENTIAL, grant_type=grant_type, assertion=assertion).json["scope"] == "app"
    assert agent.token(demo.CONFIDENTIAL, grant_type=grant_type).json["error"] == "invalid_request"
    assert agent.token(demo.CONFIDENTIAL, grant_type=grant_type, assertion="x").json["error"] == "invalid_grant"


def test_refresh_rotates_narrows_and_notices_reuse(agent: Browser) -> None:
    first = agent.token(demo.CONFIDENTIAL, **PASSWORD, scope="me profile").json
    wider = refresh(agent, first["refresh_token"], scope="me email")
    assert wider == (400, {"error": "invalid_scope", "error_description": "The scope is wider than what was granted."})
    _, narrow = refresh(agent, first["refresh_token"], scope="me")
    assert narrow["scope"] == "me"
    _, full = refresh(agent, narrow["refresh_token"])
    assert full["scope"] == "me profile"
    assert refresh(agent, first["refresh_token"])[1]["error"] == "invalid_grant"
    assert refresh(agent, full["refresh_token"])[1]["error"] == "invalid_grant"
    assert not agent.active(full["access_token"])


def test_refresh_tokens_are_bound_to_clients_and_are_no_access_tokens(agent: Browser) -> None:
    tokens = agent.token(demo.PUBLIC, **PASSWORD).json
    other = agent.token(demo.CONFIDENTIAL, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert other.json["error"] == "invalid_grant"
    access = agent.token(demo.PUBLIC, grant_type="refresh_token", refresh_token=tokens["access_token"])
    assert access.json["error"] == "invalid_grant"
    missing = agent.token(demo.PUBLIC, grant_type="refresh_token")
    assert missing.json["error"] == "invalid_request"
    own = agent.token(demo.PUBLIC, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert own.status == 200


def test_without_rotation_a_refresh_token_stays() -> None:
    agent = browser(setting(rotate_refresh_tokens=False))
    token = agent.token(demo.CONFIDENTIAL, **PASSWORD).json["refresh_token"]
    assert [refresh(agent, token)[1].get("refresh_token") for _ in range(2)] == [None, None]


def test_delete_ends_the_token(agent: Browser) -> None:
    token = agent.token(demo.CONFIDENTIAL, **PASSWORD).json["access_token"]
    headers = [("Authorization", f"Bearer {token}")]
    assert agent.request("DELETE", "/oauth/token", headers=headers).status == 204
    assert not agent.active(token)
    again = agent.request("DELETE", "/oauth/token", headers=headers)
    assert (again.status, again.body) == (401, b"")
    assert (again.header("www-authenticate") or "").startswith("Bearer ")


def test_guessing_a_client_secret_locks_the_client(agent: Browser) -> None:
    wrong = basic("client-guessing", "wrong")
    right = basic("client-guessing", demo.GUESSING.secret or "")
    for _ in range(9):
        agent.post("/oauth/token", wrong, grant_type="client_credentials")
    assert agent.post("/oauth/token", right, grant_type="client_credentials").status == 200
    for _ in range(10):
        agent.post("/oauth/token", wrong, grant_type="client_credentials")
    assert agent.post("/oauth/token", right, grant_type="client_credentials").status == 401


def test_guessing_a_password_locks_the_user_for_a_while() -> None:
    agent = browser(setting(lock_seconds=0))
    form = {"grant_type": "password", "username": "guess"}
    for _ in range(10):
        agent.token(demo.CONFIDENTIAL, **form, password="wrong")
    assert agent.token(demo.CONFIDENTIAL, **form, password="guess-demo-password").status == 200
    agent = browser()
    for _ in range(10):
        agent.token(demo.CONFIDENTIAL, **form, password="wrong")
    assert agent.token(demo.CONFIDENTIAL, **form, password="guess-demo-password").json["error"] == "invalid_grant"


def refresh(agent: Browser, token: str, **form: str) -> tuple[int, dict[str, str]]:
    reply = agent.token(demo.CONFIDENTIAL, grant_type="refresh_token", refresh_token=token, **form)
    return reply.status, reply.json
