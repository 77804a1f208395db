"""RFC 7009 section 2.3: revocation requests of scripts from another origin, by CORS and by JSONP."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from conformance.base.outcomes import Inconclusive, Untested
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.profile.target import Client
from conformance.wire.content import read_json
from conformance.wire.exchange import Reply

SOME_ORIGIN = "https://app.example"
ALLOW_ORIGIN, ALLOW_HEADERS = "Access-Control-Allow-Origin", "Access-Control-Allow-Headers"


def browser_client(given: Given) -> Client:
    """The client that is most likely to run in a browser: the public one, else the main one."""
    try:
        return given.client("public")
    except Untested:
        return given.client()


def origin_of(client: Client) -> str:
    """The origin that a client's scripts come from: a server may know it by the client's redirect URIs."""
    for uri in client.redirect_uris:
        parts = urlsplit(uri)
        if parts.scheme in ("http", "https"):
            return f"{parts.scheme}://{parts.netloc}"
    return SOME_ORIGIN


def cross_origin(given: Given, send: Send, kind: str) -> Reply:
    """The answer to a revocation request from another origin: a `good` one, or a `bad` one that lacks the token."""

    def procedure() -> Reply:
        client = browser_client(given)
        changes: dict[str, Any] = {"token": None} if kind == "bad" else {}
        return send.revocation(given.invented("token"), client, headers=[("Origin", origin_of(client))], **changes)

    return given.observed(f"a {kind} cross-origin revocation request", procedure)


def preflight_reply(given: Given, send: Send) -> Reply:
    """What a browser asks before a script's POST with an Authorization header."""

    def procedure() -> Reply:
        headers = [
            ("Origin", origin_of(browser_client(given))),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization"),
        ]
        return send.raw("OPTIONS", send.form_request("revocation", ()).url, headers)

    return given.observed("a preflight for revocation", procedure)


def lets_read(reply: Reply) -> bool:
    """Whether a browser hands an answer to the script that asked: one header, with its origin or for every origin."""
    return reply.header_values(ALLOW_ORIGIN) in [("*",), (reply.request.header("Origin"),)]


def lets_send_authorization(reply: Reply) -> bool:
    """Whether a preflight's answer allows the Authorization header, which no wildcard stands for."""
    named = ",".join(reply.header_values(ALLOW_HEADERS)).lower()
    return "authorization" in [name.strip() for name in named.split(",")]


def by_script(given: Given, send: Send, callback: str, **changes: Any) -> Reply:
    """A GET as a script element sends it: by a public client, since a browser can add neither secret nor header."""
    token = changes.pop("token", given.invented("token"))
    client = given.client("public")
    return send.revocation(token or "", client, "none", method="GET", callback=callback, **changes)


def call_of(reply: Reply, callback: str) -> re.Match[str] | None:
    """Where an answer calls a function, with what it hands over as the group `argument`."""
    pattern = rf"(?<![\w$.]){re.escape(callback)}\s*\((?P<argument>.*)\)\s*;?\s*\Z"
    return re.search(pattern, reply.text, re.DOTALL)


def handed_over(reply: Reply, callback: str) -> dict[str, Any]:
    """The object that an answer hands to a function; empty for anything else."""
    call = call_of(reply, callback)
    value = read_json(call["argument"]) if call else None
    return value if isinstance(value, dict) else {}


def seen_calling(given: Given, send: Send, callback: str) -> None:
    """A control: a well-formed name gets called, so the endpoint offers JSONP."""
    reply = by_script(given, send, callback)
    if call_of(reply, callback) is None:
        raise Inconclusive(f"positive control: an answer should call {callback}, but got {reply}")
