"""Small made-up authorization servers, and sessions of the suite with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.target import Client, ResourceOwner, SignIn, Target
from conformance.wire.asgi import AsgiTransport

BASE = "https://as.test"
CLIENT = Client(
    name="confidential",
    client_id="client",
    client_secret="client-secret-value",
    redirect_uris=("https://client.example/cb",),
    scopes=("one", "two"),
)
FEATURES = frozenset(
    {"authorization_code", "refresh_token", "introspection", "token_endpoint", "authorization_endpoint"}
)

Answering = tuple[int, Mapping[str, str], str]
Handler = Callable[[str, str, dict[str, str]], Answering]


def app_of(handler: Handler) -> Callable[..., Any]:
    """An ASGI application from a function of method, path and parameters."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        event = await receive()
        text = scope["query_string"].decode() + "&" + event.get("body", b"").decode()
        parameters = {key: values[-1] for key, values in parse_qs(text, keep_blank_values=True).items()}
        status, headers, body = handler(scope["method"], scope["path"], parameters)
        raw = [(key.encode(), value.encode()) for key, value in {"Content-Type": "text/html", **headers}.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


def trial_with(handler: Handler, features: frozenset[str] = FEATURES, sign_in: SignIn | None = None) -> Trial:
    """The first try of a test against a made-up server."""
    target = Target(
        name="fake",
        base_url=BASE,
        features=features,
        endpoints={},
        clients={"confidential": CLIENT},
        owners={"resource_owner": ResourceOwner("resource_owner", "alice", "alice-password")},
        sign_in=sign_in or SignIn(),
    )
    session = Session.open(target, AsgiTransport({BASE: app_of(handler)}), {"client-secret-value": "$SECRET"})
    return Trial(session, is_first=True)
