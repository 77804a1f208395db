"""The authorization endpoint, sign-in and consent, and what codes have to pass."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from urllib.parse import urlencode

import pytest

from reference_server import Client, Response, demo, replace, setting
from reference_server.pipeline import Call
from reference_server.server import public_app
from tests.reference_server.driver import VERIFIER, Browser, authorization, browser, called, credentials

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def agent() -> Browser:
    return browser()


def redeem(agent: Browser, code: str, client: Client = demo.CONFIDENTIAL, **changes: str) -> dict[str, str]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uris[0], **changes}
    return agent.token(client, **form).json


def test_code_flow(agent: Browser) -> None:
    page = agent.sign_in(**authorization(state="ü &=+%\"'<x>"))
    assert "Demo application A" in page.text
    reply = agent.decide(page)
    assert reply.status == 302
    assert reply.location.startswith("https://client.example/cb?code=")
    assert reply.query["state"] == "ü &=+%\"'<x>"
    tokens = redeem(agent, reply.query["code"])
    assert (tokens["scope"], bool(tokens["refresh_token"])) == ("me", True)


def test_line_breaks_in_state_survive(agent: Browser) -> None:
    reply = agent.decide(agent.sign_in(**authorization(state="a\nb\rc")))
    assert reply.query["state"] == "a\nb\rc"


def test_registered_query_is_kept(agent: Browser) -> None:
    uri = demo.CONFIDENTIAL.redirect_uris[1]
    reply = agent.decide(agent.sign_in(**authorization(redirect_uri=uri)))
    assert reply.location.startswith(uri + "&code=")


def test_implicit_flow(agent: Browser) -> None:
    reply = agent.decide(agent.sign_in(**authorization(response_type="token")))
    assert reply.location.startswith("https://client.example/cb#access_token=")
    assert sorted(reply.fragment) == ["access_token", "expires_in", "iss", "scope", "state", "token_type"]


def test_a_used_code_is_denied_and_its_tokens_end(agent: Browser) -> None:
    code = agent.code()
    tokens = redeem(agent, code)
    assert redeem(agent, code)["error"] == "invalid_grant"
    assert not agent.active(tokens["access_token"])
    assert not agent.active(tokens["refresh_token"])


def test_a_code_redeemed_twice_at_once_works_once(agent: Browser) -> None:
    form = {"grant_type": "authorization_code", "code": agent.code(), "redirect_uri": "https://client.example/cb"}
    body = urlencode({**credentials(demo.CONFIDENTIAL), **form}).encode()
    headers = [("Content-Type", "application/x-www-form-urlencoded")]

    async def together() -> list[int]:
        calls = (called(public_app(agent.server), "POST", "/oauth/token", body, headers, "https") for _ in range(5))
        return sorted(reply.status for reply in await asyncio.gather(*calls))

    assert asyncio.run(together()) == [200, 400, 400, 400, 400]


def test_codes_are_bound_and_expire(agent: Browser) -> None:
    code = agent.code()
    assert redeem(agent, code, demo.OTHER)["error"] == "invalid_grant"
    assert redeem(agent, code, redirect_uri="https://client.example/cb?tenant=1")["error"] == "invalid_grant"
    assert redeem(agent, code, redirect_uri="")["error"] == "invalid_grant"
    assert redeem(agent, "")["error"] == "invalid_request"
    assert redeem(agent, code, code_verifier=VERIFIER)["error"] == "invalid_grant"
    agent.request("POST", "/age", {"credential": code, "seconds": "59"}, control=True)
    assert redeem(agent, code)["access_token"]
    old = agent.decide(agent.get("/oauth/authorize", **authorization())).query["code"]
    agent.request("POST", "/age", {"credential": old, "seconds": "61"}, control=True)
    assert redeem(agent, old)["error"] == "invalid_grant"


def test_the_only_redirect_uri_is_the_default(agent: Browser) -> None:
    client = demo.SINGLE_REDIRECT
    code = agent.code(client, redirect_uri="")
    assert redeem(agent, code, client, redirect_uri="")["access_token"]


@pytest.mark.parametrize(("method", "challenge"), [("S256", CHALLENGE), ("plain", VERIFIER), ("", VERIFIER)])
def test_pkce(agent: Browser, method: str, challenge: str) -> None:
    pkce = {"code_challenge": challenge, "code_challenge_method": method}
    code = agent.code(demo.PUBLIC, **pkce)
    assert redeem(agent, code, demo.PUBLIC)["error"] == "invalid_grant"
    assert redeem(agent, code, demo.PUBLIC, code_verifier=VERIFIER + "x")["error"] == "invalid_grant"
    assert redeem(agent, code, demo.PUBLIC, code_verifier=VERIFIER)["access_token"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"redirect_uri": "https://client.example/cb/"},
        {"redirect_uri": "https://attacker.example/"},
        {"redirect_uri": "https://client.example/cb?tenant=2"},
        {"redirect_uri": ""},
    ],
)
def test_bad_clients_and_redirect_uris_stay_on_a_page(agent: Browser, changes: dict[str, str]) -> None:
    reply = agent.get("/oauth/authorize", **authorization(**changes))
    assert (reply.status, reply.location) == (400, "")
    assert "attacker" not in reply.text
    assert reply.header("content-type") == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_repeated_client_parameters_stay_on_a_page(agent: Browser, name: str) -> None:
    pairs = [*authorization().items(), (name, authorization()[name])]
    reply = agent.request("GET", f"/oauth/authorize?{urlencode(pairs)}")
    assert (reply.status, reply.location) == (400, "")


@pytest.mark.parametrize(
    ("client", "changes", "error"),
    [
        (demo.CONFIDENTIAL, {"response_type": ""}, "invalid_request"),
        (demo.CONFIDENTIAL, {"response_type": "id"}, "unsupported_response_type"),
        (demo.CONFIDENTIAL, {"response_type": "Code"}, "unsupported_response_type"),
        (demo.CONFIDENTIAL, {"scope": "app"}, "invalid_scope"),
        (demo.CONFIDENTIAL, {"scope": "me  email"}, "invalid_scope"),
        (demo.CONFIDENTIAL, {"code_challenge": "short"}, "invalid_request"),
        (demo.CONFIDENTIAL, {"code_challenge": CHALLENGE, "code_challenge_method": "s256"}, "invalid_request"),
        (demo.CONFIDENTIAL, {"code_challenge_method": "S256"}, "invalid_request"),
        (demo.PUBLIC, {}, "invalid_request"),
        (demo.RESTRICTED, {"scope": "email"}, "invalid_scope"),
    ],
)
def test_other_errors_go_to_the_client(agent: Browser, client: Client, changes: dict[str, str], error: str) -> None:
    reply = agent.get("/oauth/authorize", **authorization(client, **changes))
    assert reply.location.startswith(client.redirect_uris[0] + "?error=")
    assert (reply.query["error"], reply.query["state"]) == (error, "a state")


def test_errors_of_the_implicit_grant_are_in_the_fragment(agent: Browser) -> None:
    reply = agent.get("/oauth/authorize", **authorization(demo.RESTRICTED, response_type="token"))
    assert (reply.fragment["error"], reply.fragment["state"]) == ("unauthorized_client", "a state")


@pytest.mark.parametrize(
    ("extra", "state"), [("&state=x", None), ("&scope=me", "a state"), ("&x=%zz", "a state"), ("&y=%ff", "a state")]
)
def test_repeated_and_unreadable_parameters(agent: Browser, extra: str, state: str | None) -> None:
    reply = agent.request("GET", f"/oauth/authorize?{urlencode(authorization())}{extra}")
    assert (reply.query["error"], reply.query.get("state")) == ("invalid_request", state)


def test_unknown_and_empty_parameters_are_ignored(agent: Browser) -> None:
    reply = agent.request("GET", f"/oauth/authorize?{urlencode(authorization())}&x=1&x=2&code_challenge=")
    assert (reply.status, "Sign in" in reply.text) == (200, True)


def test_post_requests_and_other_methods(agent: Browser) -> None:
    assert "Sign in" in agent.request("POST", "/oauth/authorize", authorization()).text
    assert agent.request("POST", "/oauth/authorize", headers=[("Content-Type", "text/plain")]).status == 400
    assert agent.request("PUT", "/oauth/authorize").header("allow") == "GET, HEAD, POST, DELETE"


def test_declining(agent: Browser) -> None:
    reply = agent.decide(agent.sign_in(**authorization()), _method="delete")
    assert (reply.query["error"], reply.query["state"]) == ("access_denied", "a state")


def test_declining_by_delete(agent: Browser) -> None:
    page = agent.sign_in(**authorization())
    in_query = agent.request("DELETE", f"/oauth/authorize?{urlencode(authorization())}")
    in_body = agent.request("DELETE", "/oauth/authorize", page.fields)
    assert [reply.query["error"] for reply in (in_query, in_body)] == ["access_denied"] * 2


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_forged_forms_grant_nothing(agent: Browser, token: str) -> None:
    page = agent.sign_in(**authorization())
    forged = agent.post("/oauth/authorize", **page.fields | {"csrf_token": token}, decision="approve")
    assert (forged.status, forged.location) == (403, "")
    fields = browser().get("/oauth/authorize", **authorization()).fields
    sign_in = agent.post("/sign_in", **fields, username="alice", password="alice-demo-password")
    assert sign_in.status == 403


def test_another_browsers_form_grants_nothing(agent: Browser) -> None:
    page = agent.sign_in(**authorization())
    stranger = Browser(agent.server)
    assert stranger.decide(page).status == 403
    stranger.sign_in("bob", "bob-demo-password", **authorization())
    assert stranger.decide(page).status == 403


def test_signing_in(agent: Browser) -> None:
    page = agent.get("/oauth/authorize", **authorization())
    before = agent.cookies["session"]
    wrong = agent.post("/sign_in", **page.fields, username="alice", password="wrong")
    assert wrong.status == 403
    assert "wrong" in wrong.text
    right = agent.post("/sign_in", **wrong.fields, username="alice", password="alice-demo-password")
    assert right.status == 303
    assert right.location.startswith("/oauth/authorize?response_type=code&")
    cookie = right.header("set-cookie") or ""
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert agent.cookies["session"] != before


def test_sign_in_leads_nowhere_else(agent: Browser) -> None:
    fields = agent.get("/sign_in").fields
    form = {"username": "alice", "password": "alice-demo-password", "csrf_token": fields["csrf_token"]}
    reply = agent.post("/sign_in", **form, authorization_request="//attacker.example/\r\nX: y")
    assert reply.location.startswith("/oauth/authorize?")
    assert "\n" not in reply.location


def test_consent_is_asked_again_unless_remembered() -> None:
    agent = browser()
    agent.code()
    assert "Approve" in agent.get("/oauth/authorize", **authorization()).text
    agent = browser(setting(remember_consent=True))
    agent.code()
    assert "code" in agent.get("/oauth/authorize", **authorization()).query
    assert "Approve" in agent.get("/oauth/authorize", **authorization(scope="me email")).text
    public = authorization(demo.PUBLIC, code_challenge=CHALLENGE, code_challenge_method="S256")
    agent.decide(agent.get("/oauth/authorize", **public))
    assert "Approve" in agent.get("/oauth/authorize", **public).text


@pytest.mark.parametrize("target", ["/oauth/authorize", f"/oauth/authorize?{urlencode(authorization())}", "/sign_in"])
def test_pages_are_protected(agent: Browser, target: str) -> None:
    reply = agent.get(target)
    assert reply.header("x-frame-options") == "DENY"
    assert "frame-ancestors 'none'" in (reply.header("content-security-policy") or "")
    assert "form-action" not in (reply.header("content-security-policy") or "")
    assert reply.header("cache-control") == "no-store"
    assert reply.header("referrer-policy") == "no-referrer"
    assert reply.header("x-content-type-options") == "nosniff"


def test_pages_escape(agent: Browser) -> None:
    page = agent.sign_in(**authorization(demo.SPECIAL, state='"><script>alert(1)</script>'))
    assert "&lt;special&gt; characters &amp; more" in page.text
    assert "<script>" not in page.text


def test_faults_are_server_errors_and_reach_the_client() -> None:
    def fail(call: Call) -> Response:
        raise RuntimeError("on purpose")

    agent = browser(replace("consent", "show_consent", fail))
    reply = agent.sign_in(**authorization())
    assert (reply.query["error"], reply.query["state"]) == ("server_error", "a state")
    agent = browser(replace("token", "run_grant", fail))
    broken = agent.token(demo.CONFIDENTIAL, grant_type="client_credentials")
    assert (broken.status, json.loads(broken.body)["error"]) == (500, "server_error")
