"""Sign-in at the external provider: what the server takes for a proof, and what it tells of anything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc import jwt

from reference_server import build, demo
from reference_server.federation import in_process
from reference_server.provider.app import Provider
from reference_server.provider.bundled import bundled_provider
from reference_server.provider.signing import Signer

from .driver import FAST, ISSUER, Browser, Reply, authorization

PROVIDER = "https://provider.example"
SETTINGS = replace(FAST, external_provider=demo.external_provider(PROVIDER))
ALICE = demo.ALICE_AT_PROVIDER


@cache
def signer() -> Signer:
    """A key takes long to make."""
    return Signer()


@dataclass
class Pair:
    """A server and its provider, and a browser at each."""

    provider: Provider
    here: Browser
    there: Browser

    @classmethod
    def new(cls, made: Signer | None = None) -> Pair:
        """Both in this process."""
        server = build(SETTINGS)
        provider = bundled_provider(SETTINGS, made or signer())
        assert provider is not None
        assert server.federation is not None
        server.federation.reach = in_process(provider.app)
        return cls(provider, Browser(server), Browser(provider))  # type: ignore[arg-type]

    def begin(self) -> Reply:
        """From the client's request to the provider."""
        page = self.here.get("/oauth/authorize", **authorization())
        return self.here.post("/sign_in/external", **fields(page))

    def answered(self, account: Any = ALICE, **form: str) -> str:
        """From the server's request to the provider's answer."""
        page = self.there.get(path(self.begin().location))
        credentials = {"username": account.username, "password": account.password, **form}
        return self.there.post("/sign_in", **fields(page), **credentials).location

    def returned(self, **how: Any) -> Reply:
        """The provider's answer, opened."""
        return self.here.get(path(self.answered(**how)))


def fields(page: Reply) -> dict[str, str]:
    """Hidden fields of a page, of forms that carry the same."""
    return page.fields


def path(location: str) -> str:
    """A URL without its origin."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"


def signing(change: Callable[[dict[str, Any]], None], header: str = "RS256") -> Signer:
    """A provider that signs other claims with the right key."""

    class Changed(Signer):
        key = signer().key  # type: ignore[assignment]

        def id_token(self, issuer: str, subject: str, audience: str, nonce: str | None) -> str:
            token = super().id_token(issuer, subject, audience, nonce)
            claims = dict(jwt.decode(token, self.key, algorithms=["RS256"]).claims)
            change(claims)
            return jwt.encode({"alg": header, "kid": self.key.kid}, claims, self.key, algorithms=[header])

    return Changed()


def test_a_sign_in_at_the_provider_leads_to_consent_and_a_code() -> None:
    pair = Pair.new()
    pair.begin()
    before = pair.here.cookies["session"]
    signed_in = pair.returned()
    assert (signed_in.status, urlsplit(signed_in.location).path) == (303, "/oauth/authorize")
    assert pair.here.cookies["session"] != before
    consent = pair.here.get(signed_in.location)
    assert "alice" in consent.text
    answer = pair.here.decide(consent)
    assert (bool(answer.query["code"]), answer.query["state"]) == (True, "a state")


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims.update(iss="https://other.example"),
        lambda claims: claims.update(aud="another-client"),
        lambda claims: claims.update(exp=claims["iat"] - 3600),
        lambda claims: claims.update(nonce="another"),
        lambda claims: claims.pop("nonce"),
        lambda claims: claims.pop("sub"),
        lambda claims: claims.pop("exp"),
        lambda claims: claims.update(sub=demo.STRANGER_AT_PROVIDER.subject),
    ],
    ids=["issuer", "audience", "expired", "nonce", "no nonce", "no subject", "no expiry", "nobody's account"],
)
def test_an_id_token_that_proves_something_else_signs_nobody_in(change: Callable[[dict[str, Any]], None]) -> None:
    pair = Pair.new(signing(change))
    reply = pair.returned()
    assert reply.location.startswith("https://client.example/cb?")
    assert (reply.query["error"], reply.query["state"]) == ("access_denied", "a state")
    assert "Allow" not in pair.here.get("/oauth/authorize", **authorization()).text


def test_a_signature_by_another_key_under_a_known_name_signs_nobody_in() -> None:
    class Forging(Signer):
        def key_set(self) -> dict[str, Any]:
            return {"keys": [{**signer().key_set()["keys"][0], "kid": self.key.kid}]}

    assert Pair.new(Forging()).returned().query["error"] == "access_denied"


def test_keys_are_read_again_when_the_provider_has_a_new_one() -> None:
    pair = Pair.new()
    pair.returned()
    pair.provider.signer = Signer()
    pair.here.cookies.clear()
    assert pair.returned().status == 303


@pytest.mark.parametrize("account", [demo.STRANGER_AT_PROVIDER, demo.REFUSED_AT_PROVIDER], ids=lambda a: a.username)
def test_who_has_no_account_here_or_is_refused_there_is_told_to_the_client(account: Any) -> None:
    assert Pair.new().returned(account=account).query["error"] == "access_denied"


def test_cancelling_is_told_to_the_client() -> None:
    assert Pair.new().returned(cancel="yes").query["error"] == "access_denied"


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("state=", "state=x"),
        lambda url: url.replace("state=", "other="),
        lambda url: f"{url}&code=again",
        lambda url: f"{url}&bad=%ff",
    ],
    ids=["state", "no state", "code twice", "unreadable"],
)
def test_an_answer_that_is_unclear_or_forged_ends_on_a_page(change: Callable[[str], str]) -> None:
    pair = Pair.new()
    reply = pair.here.get(path(change(pair.answered())))
    assert reply.status in (400, 403)
    assert reply.location == ""


def test_an_answer_counts_once_and_in_its_own_browser() -> None:
    pair = Pair.new()
    answer = path(pair.answered())
    other = Browser(pair.here.server)
    other.get("/oauth/authorize", **authorization())
    assert other.get(answer).status == 403
    assert pair.here.get(answer).status == 303
    assert pair.here.get(answer).status == 403


def test_another_issuer_is_refused() -> None:
    pair = Pair.new()
    answer = path(pair.answered()).replace("provider.example", "other.example")
    assert pair.here.get(answer).query["error"] == "access_denied"


def test_a_provider_that_is_down_is_told() -> None:
    pair = Pair.new()
    answer = path(pair.answered())
    federation = pair.here.server.federation
    assert federation is not None
    federation.transport = httpx.MockTransport(lambda request: httpx.Response(503))
    assert pair.here.get(answer).query["error"] == "temporarily_unavailable"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"issuer": "https://other.example"}),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json=["no object"]),
        httpx.Response(200, json={"issuer": PROVIDER}),
    ],
    ids=["another issuer", "no JSON", "no object", "no endpoints"],
)
def test_metadata_that_is_no_good_ends_on_a_page(answer: httpx.Response) -> None:
    pair = Pair.new()
    federation = pair.here.server.federation
    assert federation is not None
    federation.transport = httpx.MockTransport(lambda request: answer)
    assert pair.begin().status == 503


def test_the_form_needs_its_csrf_token() -> None:
    pair = Pair.new()
    page = pair.here.get("/oauth/authorize", **authorization())
    assert pair.here.post("/sign_in/external", **{**fields(page), "csrf_token": "x"}).status == 403


def test_without_a_provider_nothing_is_offered() -> None:
    browser = Browser(build(FAST))
    page = browser.get("/oauth/authorize", **authorization())
    assert "/sign_in/external" not in page.text
    assert browser.post("/sign_in/external", **fields(page)).status == 404
    assert browser.get("/sign_in/external/callback", state="x", code="y").status == 404


def test_the_server_is_registered_with_its_own_address() -> None:
    assert Pair.new().provider.party.redirect_uri == f"{ISSUER}/sign_in/external/callback"
