"""The external OpenID provider by itself."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from reference_server import demo
from reference_server.provider.app import Provider
from reference_server.provider.bundled import bundled_provider

from .driver import FAST, VERIFIER, Browser, Reply, basic
from .test_federation import PROVIDER, SETTINGS, path, signer

ALICE = demo.ALICE_AT_PROVIDER
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider() -> Provider:
    made = bundled_provider(SETTINGS, signer())
    assert made is not None
    return made


@pytest.fixture
def browser(provider: Provider) -> Browser:
    return Browser(provider)  # type: ignore[arg-type]


def request(provider: Provider, **changes: str) -> dict[str, str]:
    """A good authentication request, with changes."""
    return {
        "response_type": "code",
        "client_id": provider.party.client_id,
        "redirect_uri": provider.party.redirect_uri,
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }


def signed_in(browser: Browser, asked: dict[str, str], **form: str) -> Reply:
    """The answer to a request after sign-in."""
    page = browser.get("/authorize", **asked)
    return browser.post("/sign_in", **{**page.fields, "username": ALICE.username, "password": ALICE.password, **form})


def redeemed(browser: Browser, provider: Provider, code: str, secret: str | None = None, **changes: str) -> Reply:
    """A token request."""
    party = provider.party
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": party.redirect_uri,
        "code_verifier": VERIFIER,
        **changes,
    }
    return browser.post("/token", basic(party.client_id, secret or party.client_secret), **form)


def test_a_code_is_worth_an_id_token_once(provider: Provider, browser: Browser) -> None:
    answer = signed_in(browser, request(provider))
    assert (answer.query["state"], answer.query["iss"]) == ("s", PROVIDER)
    tokens = redeemed(browser, provider, answer.query["code"])
    assert (tokens.status, tokens.header("cache-control")) == (200, "no-store")
    assert tokens.json["id_token"].count(".") == 2
    assert redeemed(browser, provider, answer.query["code"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [{"redirect_uri": "https://other.example/cb"}, {"code_verifier": "x" * 43}, {"code": "unknown"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_code_is_bound(provider: Provider, browser: Browser, changes: dict[str, str]) -> None:
    code = signed_in(browser, request(provider)).query["code"]
    reply = redeemed(browser, provider, **{"code": code, **changes})
    assert (reply.status, reply.json["error"]) == (400, "invalid_grant")


def test_the_relying_party_authenticates(provider: Provider, browser: Browser) -> None:
    code = signed_in(browser, request(provider)).query["code"]
    reply = redeemed(browser, provider, code, secret="wrong")
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert redeemed(browser, provider, code, grant_type="password").json["error"] == "unsupported_grant_type"
    for header in ("Basic !", "Bearer x", "Basic"):
        assert browser.post("/token", ("Authorization", header), code=code).status == 401


@pytest.mark.parametrize("changes", [{"client_id": "x"}, {"redirect_uri": "https://other.example/cb"}])
def test_nobody_is_sent_to_a_stranger(provider: Provider, browser: Browser, changes: dict[str, str]) -> None:
    reply = browser.get("/authorize", **request(provider, **changes))
    assert (reply.status, reply.location) == (400, "")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_bad_requests_go_back_with_an_error(
    provider: Provider, browser: Browser, changes: dict[str, str], error: str
) -> None:
    assert browser.get("/authorize", **request(provider, **changes)).query["error"] == error


def test_who_does_not_sign_in_gets_no_code(provider: Provider, browser: Browser) -> None:
    assert signed_in(browser, request(provider), password="wrong").status == 403
    assert signed_in(browser, request(provider), cancel="yes").query["error"] == "access_denied"
    refused: Any = demo.REFUSED_AT_PROVIDER
    answer = signed_in(browser, request(provider), username=refused.username, password=refused.password)
    assert (answer.query["error"], "code" in answer.query) == ("access_denied", False)


def test_the_form_is_bound_to_its_browser(provider: Provider, browser: Browser) -> None:
    page = browser.get("/authorize", **request(provider))
    stranger = Browser(provider)  # type: ignore[arg-type]
    form = {**page.fields, "username": ALICE.username, "password": ALICE.password}
    assert stranger.post("/sign_in", **form).status == 403
    assert browser.post("/sign_in", **{**form, "request": urlencode({"client_id": "x"})}).status == 400


def test_a_long_form_is_not_read(provider: Provider, browser: Browser) -> None:
    assert browser.post("/sign_in", username="x" * 100_000).status == 403


def test_pages_and_answers_forbid_what_they_should(provider: Provider, browser: Browser) -> None:
    page = browser.get("/authorize", **request(provider))
    assert page.header("x-frame-options") == "DENY"
    assert "default-src 'none'" in (page.header("content-security-policy") or "")
    assert "provider_session=" in (page.header("set-cookie") or "")


def test_discovery_names_every_endpoint_and_keys_are_public(provider: Provider, browser: Browser) -> None:
    found = browser.get("/.well-known/openid-configuration").json
    assert found["issuer"] == PROVIDER
    (key,) = browser.get(path(found["jwks_uri"]).rstrip("?")).json["keys"]
    assert {"kty", "n", "e", "kid", "use", "alg"} == set(key)


def test_a_provider_may_leave_out_its_name() -> None:
    silent = bundled_provider(replace(SETTINGS, external_provider_names_itself=False), signer())
    assert silent is not None
    answer = signed_in(Browser(silent), request(silent))  # type: ignore[arg-type]
    assert "iss" not in answer.query
    assert bundled_provider(FAST) is None
