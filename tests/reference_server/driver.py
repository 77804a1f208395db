"""A small user agent and client for a server in this process."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from reference_server import Client, Edit, Server, Settings, build, demo
from reference_server.provider.app import Provider
from reference_server.server import App, control_app, public_app

ISSUER = "https://server.example"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
FAST = Settings(issuer=ISSUER, password_cost=2)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header by name."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object."""
        return dict(json.loads(self.body))

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where it leads; empty if nowhere."""
        return self.header("location") or ""

    @property
    def query(self) -> dict[str, str]:
        """Parameters in the query of the redirect."""
        return dict(parse_qsl(urlsplit(self.location).query))

    @property
    def fragment(self) -> dict[str, str]:
        """Parameters in the fragment of the redirect."""
        return dict(parse_qsl(urlsplit(self.location).fragment))

    @property
    def fields(self) -> dict[str, str]:
        """Hidden fields of the page."""
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.text)
        return {name: unescape(value) for name, value in found}


def app_of(party: Server | Provider) -> App:
    """The application of the server, or of the provider beside it."""
    return party.app if isinstance(party, Provider) else public_app(party)


@dataclass
class Browser:
    """Calls one server, with cookies."""

    server: Server
    scheme: str = "https"
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self,
        method: str,
        target: str,
        form: Mapping[str, str] | Sequence[tuple[str, str]] | bytes = (),
        headers: Sequence[tuple[str, str]] = (),
        control: bool = False,
    ) -> Reply:
        """One request."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        typed = any(name.lower() == "content-type" for name, _ in headers)
        sent = [*headers, *([FORM] if body and not typed else [])]
        if self.cookies:
            sent.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        app = control_app(self.server) if control else app_of(self.server)
        reply = asyncio.run(called(app, method, target, body, sent, self.scheme))
        for value in (value for key, value in reply.headers if key == "set-cookie"):
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return reply

    def get(self, target: str, **parameters: str) -> Reply:
        """GET with a query."""
        return self.request("GET", f"{target}?{urlencode(parameters)}" if parameters else target)

    def post(self, target: str, *headers: tuple[str, str], **form: str) -> Reply:
        """POST a form."""
        return self.request("POST", target, form, headers)

    def token(self, client: Client, **form: str) -> Reply:
        """A token request; secrets in the body."""
        return self.post("/oauth/token", **credentials(client), **form)

    def sign_in(self, username: str = "alice", password: str = "alice-demo-password", **request: str) -> Reply:
        """From an authorization request to the consent page."""
        page = self.get("/oauth/authorize", **request)
        signed_in = self.post("/sign_in", **page.fields, username=username, password=password)
        return self.get(signed_in.location) if signed_in.status == 303 else signed_in

    def decide(self, page: Reply, **decision: str) -> Reply:
        """Submit the consent form."""
        return self.post("/oauth/authorize", **page.fields, **(decision or {"decision": "approve"}))

    def code(self, client: Client = demo.CONFIDENTIAL, **changes: str) -> str:
        """An authorization code for alice."""
        return self.decide(self.sign_in(**authorization(client, **changes))).query["code"]

    def active(self, token: str) -> bool:
        """What introspection says."""
        reply = self.post("/oauth/introspect", token=token, **credentials(demo.OTHER))
        return bool(reply.json["active"])


async def called(
    app: Any, method: str, target: str, body: bytes, headers: Sequence[tuple[str, str]], scheme: str
) -> Reply:
    """The reply of an application."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "path": path,
        "query_string": query.encode("latin-1"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answered = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"])
    return Reply(sent[0]["status"], answered, sent[1]["body"])


def browser(*edits: Edit) -> Browser:
    """A browser in front of a new server."""
    return Browser(build(FAST, edits))


def credentials(client: Client) -> dict[str, str]:
    """The client's identifier, and its secret if it has one."""
    secret = {} if client.secret is None else {"client_secret": client.secret}
    return {"client_id": client.client_id, **secret}


def basic(client_id: str, secret: str) -> tuple[str, str]:
    """An Authorization header, form-encoded as RFC 6749 section 2.3.1 wants it."""
    text = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Authorization", "Basic " + base64.b64encode(text.encode()).decode()


def bearer(token: str) -> tuple[str, str]:
    """An Authorization header."""
    return "Authorization", f"Bearer {token}"


def authorization(client: Client = demo.CONFIDENTIAL, /, **changes: str) -> dict[str, str]:
    """A good authorization request, with changes; an empty value leaves a parameter out."""
    request = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "me",
        "state": "a state",
        **changes,
    }
    return {name: value for name, value in request.items() if value}
