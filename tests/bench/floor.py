"""The floor of a run: the same mix of requests by a bare httpx client, with nothing recorded and nothing judged."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import ssl
import time
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes two requests cost the server alike: path, method, grant, and how it was answered.

    The error tells how far the server came: it hashes a wrong password, slowly, but no other wrong value.
    """

    method: str
    path: str
    status: int
    grant: str = ""
    code: bool = False
    error: str = ""


def kind_of(exchange: Mapping[str, Any]) -> Kind:
    """The kind of a recorded exchange."""
    request, response = exchange["request"], exchange["response"]
    grant = re.search(r"grant_type=(\w+)", request["body"])
    error = re.search(r'"error": ?"(\w+)"', response["body"])
    location = next((value for name, value in response["headers"] if name.lower() == "location"), "")
    return Kind(
        request["method"],
        urlsplit(request["url"]).path,
        response["status"],
        grant.group(1) if grant else "",
        bool(re.search(r"[?#&](code|access_token)=", location)),
        error.group(1) if error else "",
    )


class Bare:
    """A plain client of the bundled server: one keep-alive connection, one signed-in browser session."""

    def __init__(self, profile: Mapping[str, Any]) -> None:
        target = profile["target"]
        self.base = target["base_url"]
        self.client = profile["clients"]["confidential"]
        self.owner = profile["resource_owner"]
        context = ssl.create_default_context(cafile=target["ca_file"])
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        self.http = httpx.Client(base_url=self.base, verify=context, limits=limits, trust_env=False)
        self.auth = (self.client["client_id"], self.client["client_secret"])
        self.sign_in()

    def sign_in(self) -> None:
        """Sign the resource owner in, once."""
        page = self.http.get("/oauth/authorize", params=self.query(""))
        self.form = hidden_fields(page.text)
        self.http.post("/sign_in", data={**self.form, **self.owner_fields()})

    def owner_fields(self) -> dict[str, str]:
        """Name and password of the resource owner."""
        return {"username": self.owner["username"], "password": self.owner["password"]}

    def query(self, verifier: str) -> dict[str, str]:
        """An authorization request."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        own = {"response_type": "code", "client_id": self.client["client_id"], "state": "s", "scope": "me"}
        own["redirect_uri"] = self.client["redirect_uris"][0]
        return own | {"code_challenge": challenge, "code_challenge_method": "S256"}

    def code(self) -> tuple[str, str]:
        """A code and its verifier: consent page and consent."""
        verifier = secrets.token_urlsafe(32)
        page = self.http.get("/oauth/authorize", params=self.query(verifier))
        fields = hidden_fields(page.text) | {"decision": "approve"}
        answer = self.http.post("/oauth/authorize", data=fields)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0], verifier

    def nobody(self) -> dict[str, str]:
        """Name and password of an account that isn't there: it costs as much as a wrong password, and locks nobody."""
        return {"username": secrets.token_urlsafe(8), "password": "wrong"}

    def token(self, grant: str, **parameters: str) -> httpx.Response:
        """A token request."""
        return self.http.post("/oauth/token", data={"grant_type": grant, **parameters}, auth=self.auth)

    def redeem(self) -> httpx.Response:
        """Redeem a fresh code."""
        code, verifier = self.code()
        own = {"code": code, "code_verifier": verifier, "redirect_uri": self.client["redirect_uris"][0]}
        return self.token("authorization_code", **own)


def hidden_fields(page: str) -> dict[str, str]:
    """Hidden fields of the server's forms."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: value.replace("&amp;", "&").replace("&#34;", '"') for name, value in pairs}


def send_mix(profile_text: str, mix: Counter[Kind]) -> float:
    """Send as many requests of each kind; returns seconds."""
    bare = Bare(tomllib.loads(profile_text))
    codes = sum(count for kind, count in mix.items() if kind.code)
    redeemed = sum(count for kind, count in mix.items() if kind.grant == "authorization_code" and kind.status == 200)
    refreshed = sum(count for kind, count in mix.items() if kind.grant == "refresh_token" and kind.status == 200)
    access = bare.token("client_credentials").json()["access_token"]
    refresh = bare.token("password", scope="me", **bare.owner_fields()).json()["refresh_token"]
    started = time.perf_counter()
    for _ in range(redeemed):
        bare.redeem()
    for _ in range(max(0, codes - redeemed)):
        bare.code()
    for _ in range(refreshed):
        refresh = bare.token("refresh_token", refresh_token=refresh).json()["refresh_token"]
    # Each code above took one consent page: those are counted already.
    left = Counter({kind: count for kind, count in mix.items() if not _flow(kind)})
    for kind, count in left.items():
        for _ in range(max(0, count - codes) if kind == CONSENT_PAGE else count):
            _send(bare, kind, access)
    return time.perf_counter() - started


CONSENT_PAGE = Kind("GET", "/oauth/authorize", 200)


def _flow(kind: Kind) -> bool:
    return kind.code or (kind.grant in ("authorization_code", "refresh_token") and kind.status == 200)


def _send(bare: Bare, kind: Kind, access: str) -> None:
    """One request that goes the way of its kind: success or refusal."""
    good = kind.status < 400
    match kind.path:
        case "/oauth/token" if kind.grant == "password" and good:
            bare.token("password", scope="me", **bare.owner_fields())
        case "/oauth/token" if kind.error == "invalid_client":
            bare.http.post(kind.path, data={"grant_type": kind.grant}, auth=("unknown", "wrong"))
        case "/oauth/token" if kind.error == "invalid_grant":
            own = bare.nobody() if kind.grant == "password" else {"code": "unknown", "refresh_token": "unknown"}
            bare.token(kind.grant, **own)
        case "/oauth/token" if kind.method == "POST":
            bare.token("client_credentials" if good else kind.grant or "unknown", scope="app" if good else '"')
        case "/sign_in" if kind.method == "POST":
            bare.http.post(kind.path, data={**bare.form, **(bare.owner_fields() if good else bare.nobody())})
        case "/oauth/introspect" | "/oauth/revoke" if kind.method == "POST":
            body = {"token": access if "introspect" in kind.path else "unknown"} if good else {}
            bare.http.post(kind.path, data=body, auth=bare.auth)
        case "/oauth/authorize" if kind.method in ("GET", "POST"):
            query = bare.query("v") if kind.status == 200 else {**bare.query("v"), "scope": '"'}
            wrong = {**query, "client_id": "unknown"} if not good else query
            if kind.method == "GET":
                bare.http.get(kind.path, params=wrong)
            else:
                bare.http.post(kind.path, data=wrong)
        case _:
            headers = {"Authorization": f"Bearer {access}"} if good else {}
            bare.http.request(kind.method, kind.path, headers=headers)
