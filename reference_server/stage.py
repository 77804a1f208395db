"""A stage: an issuer for one login of a client under test, honest but for its edits, which approves without asking.

Stages stand side by side below one origin for each listener. All that arrives is handed on, as it was received.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .accounts import Client, User
from .pipeline import Call, Edit, Response, Server, Step, after, before, named, remove, replace, setting
from .provider.signing import Signer
from .server import Receive, Scope, Send, build, public_app
from .settings import METADATA_PATH, Settings
from .stage_openid import SCOPE, identified

OWNER = User(name="resource_owner", username="alice", password="alice-demo-password")
# Where issuers with a path have their metadata: RFC 8414 section 3.1, and section 5 for OpenID Connect Discovery.
WELL_KNOWN = (METADATA_PATH, "/.well-known/openid-configuration")
PATHS = {
    "authorization": "/oauth/authorize",
    "token": "/oauth/token",
    "revocation": "/oauth/revoke",
    "resource": "/api/me",
}
ENDPOINTS = ("authorization", "token", "revocation", "resource.me", "metadata")
GOOD = "https"
# What a stage takes of one login: no client has that much to say.
MOST_REQUESTS, MOST_BYTES = 300, 256 * 1024
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Registration:
    """How a stage knows the client."""

    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that arrived at a listener, and how it was answered; `stage` is the name in its path."""

    stage: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answered: tuple[tuple[str, str], ...]
    answer: bytes
    at: float
    elapsed: float


@dataclass
class Stages:
    """All stages of a process, behind its listeners. `hear` gets what arrives."""

    origins: Mapping[str, str]
    hear: Callable[[Heard], None]
    open_ones: dict[str, Server] = field(default_factory=dict)
    signer: Signer = field(default_factory=Signer)

    def open(
        self,
        name: str,
        registration: Registration,
        edits: Sequence[Edit] = (),
        listeners: Mapping[str, str] | None = None,
        queries: Mapping[str, str] | None = None,
        second: tuple[str, Registration] | None = None,
    ) -> dict[str, str]:
        """Opens a stage; returns its issuer and the URLs of its endpoints, by name.

        `second` is the issuer of another stage, and how the client is known there.
        """
        listeners, queries = listeners or {}, queries or {}
        issuer = f"{self.origins[listeners.get('issuer', GOOD)]}/{name}"
        places = {
            endpoint: f"{self.origins[listeners.get(endpoint, listeners.get('issuer', GOOD))]}/{name}{path}"
            + (f"?{queries[endpoint]}" if endpoint in queries else "")
            for endpoint, path in PATHS.items()
        }
        client = Client(
            name="client",
            client_id=registration.client_id,
            secret=registration.client_secret or None,
            redirect_uris=(registration.redirect_uri,),
            scopes=registration.scope,
            authentication=("client_secret_basic", "client_secret_post") if registration.client_secret else ("none",),
            failed_authentications=10_000,
        )
        settings = Settings(
            issuer=issuer,
            clients=(client,),
            users=(OWNER,),
            password_cost=2,
            require_tls=False,
            user_scopes=registration.scope,
            app_scopes=registration.scope,
            default_user_scope=registration.scope[0],
            default_app_scope=registration.scope[0],
            access_token_lifetime=3600,
            endpoints=ENDPOINTS,
            extension_grant_type=None,
            second_issuer=second[0] if second else None,
        )
        openid = identified(places, self.signer, ENDPOINTS) if SCOPE in registration.scope else ()
        server = self.open_ones[name] = build(settings, (*honest(places), *openid, *edits))
        # For steps that lead to another listener.
        server.kept.update({f"origin {listener}": origin for listener, origin in self.origins.items()})
        if second is not None:
            server.kept |= {"second client_id": second[1].client_id, "second redirect_uri": second[1].redirect_uri}
            # Live: it fills as the other login goes on.
            other = self.open_ones.get(second[0].rpartition("/")[2])
            server.kept_elsewhere = other.kept if other is not None else {}
        return {"issuer": server.settings.identifier, **places}

    def close(self, name: str) -> None:
        """Closes a stage: what still comes for it finds nothing."""
        server = self.open_ones.pop(name, None)
        if server is not None:
            server.close()

    def _is_flooded(self, name: str) -> bool:
        """Whether more has come to a stage than any login sends."""
        server = self.open_ones.get(name)
        if server is None:
            return False
        server.met["requests"] += 1
        return server.met["requests"] > MOST_REQUESTS

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application behind every listener."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        name, path = _split(scope["path"], self.open_ones)
        body = await _whole(receive)
        if self._is_flooded(name):
            await send({"type": "http.response.start", "status": 429, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        status, answered, chunks = 404, [], []

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def note(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], list(message["headers"])
            else:
                chunks.append(message.get("body", b""))

        server = self.open_ones.get(name)
        if server is not None:
            await public_app(server)({**scope, "path": path}, again, note)
        taken = time.perf_counter() - began
        # Before it goes out: whoever has the answer can rely on its having been heard.
        self.hear(_heard(name, scope, body, (status, answered, b"".join(chunks)), (began, taken)))
        await send({"type": "http.response.start", "status": status, "headers": answered})
        await send({"type": "http.response.body", "body": b"".join(chunks)})


def _split(path: str, names: Iterable[str]) -> tuple[str, str]:
    """The stage that a path is of, and the path as its server has it."""
    for known in WELL_KNOWN:
        if path.startswith(f"{known}/"):
            return path.removeprefix(f"{known}/").strip("/"), METADATA_PATH
    name, _, rest = path.removeprefix("/").partition("/")
    return name, METADATA_PATH if f"/{rest}" in WELL_KNOWN else f"/{rest}"


async def _whole(receive: Receive) -> bytes:
    """The body, as much of it as a server reads and a little more: what is too large is refused there."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        if size <= MOST_BYTES:
            chunks.append(chunk)
        size += len(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _heard(
    name: str,
    scope: Scope,
    body: bytes,
    answer: tuple[int, list[tuple[bytes, bytes]], bytes],
    times: tuple[float, float],
) -> Heard:
    headers = _text(scope["headers"])
    host = next((value for key, value in headers if key == "host"), "")
    query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    raw = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
    url = f"{scope['scheme']}://{host}{raw}{query}"
    status, answered, content = answer
    return Heard(name, scope["method"], url, headers, body, status, _text(answered), content, *times)


def _text(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in headers)


# The edits that make a server a stage


LENIENT = (
    remove("client_authentication", "refuse_two_methods"),
    remove("grant.authorization_code", "revoke_tokens_of_replayed_code"),
    remove("grant.authorization_code", "check_code_unused"),
    remove("grant.authorization_code", "consume_code"),
)


def honest(places: Mapping[str, str]) -> tuple[Edit, ...]:
    """Approves at once, as somebody who is signed in and agrees; takes a loopback port that the client chose itself.

    What a client does wrong at one place is told by what arrived: where a real server may go on, so does this one, or
    nothing behind it would be seen.
    """
    return (
        *LENIENT,
        replace("authorization", "take_decision", sign_alice_in),
        remove("authorization", "sign_owner_in"),
        remove("authorization", "ask_owner"),
        replace("authorization.validate_client", "match_redirect_uri", match_redirect_uri),
        remove("authorization.validate_request", "require_code_challenge"),
        replace("metadata", "put_endpoints", put_endpoints(places)),
        remove("resource.me", "require_scope"),
        replace("token.response", "put_token_type", put_token_type),
        after("token.finish", "forbid_caching", allow_scripts),
        before("metadata.finish", "forbid_sniffing", allow_scripts),
        setting(grants=("authorization_code", "password", "client_credentials", "refresh_token")),
    )


def sign_alice_in(call: Call) -> None:
    """The owner is at the browser already, and agrees."""
    call.user = call.server.accounts.users[OWNER.username]
    call.server.kept["latest state"] = call.parameters.get("state") or ""


def match_redirect_uri(call: Call) -> None:
    """RFC 8252 section 7.3: any port on loopback; else the registered one, as a plain string."""
    sent = call.parameters.get("redirect_uri")
    known = call.client.redirect_uris[0]
    if sent is None or sent == known:
        return
    one, other = urlsplit(sent), urlsplit(known)
    loopback = one.hostname in LOOPBACK_HOSTS and other.hostname in LOOPBACK_HOSTS
    if not loopback or (one.scheme, one.path, one.query) != (other.scheme, other.path, other.query):
        from .errors import OAuthError

        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def put_endpoints(places: Mapping[str, str]) -> Step:
    """A step for the metadata: where the endpoints of this stage are."""

    def put(call: Call) -> None:
        """RFC 8414 section 2."""
        for endpoint in ("authorization", "token", "revocation"):
            call.answer[f"{endpoint}_endpoint"] = places[endpoint]

    return named("put_endpoints", put)


def put_token_type(call: Call) -> None:
    """RFC 6750 section 4: spelled as most servers do."""
    call.answer["token_type"] = "Bearer"


def allow_scripts(call: Call) -> Response | None:
    """Clients in browsers read these answers; the authorization endpoint is none for scripts."""
    call.response.put("Access-Control-Allow-Origin", "*")
    return None
