"""Loopback redirection URIs of native apps, with ports that nobody registered."""

from __future__ import annotations

from conformance.base.outcomes import Inconclusive, Untested
from conformance.base.uris import urlsplit
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.procedures.redirects import ATTACKER
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply

# By RFC 8252 section 8.3 the name localhost is no good choice: ports are judged on the literals.
LITERALS = ("127.0.0.1", "::1")
# Ports that systems give out for a while, and one that needs no privilege.
PORTS = (49163, 61023, 8085)

LACKING = 'no native client has a loopback redirection URI: add one (http://127.0.0.1/...) with `type = "native"`'
# What of such a URI never varies, with a change of it.
DIFFERENT = {
    "path": lambda parts: parts._replace(path=f"{parts.path}/attacker"),
    "query": lambda parts: parts._replace(query="attacker=1"),
    "scheme": lambda parts: parts._replace(scheme="https"),
    "host": lambda parts: parts._replace(netloc=f"{ATTACKER}:{PORTS[0]}"),
    "user": lambda parts: parts._replace(netloc=f"127.0.0.1:{PORTS[0]}@{ATTACKER}"),
}


def loopback_uri(target: Target) -> tuple[Client, str]:
    """A native client with such a URI, and the URI; Untested, with the line to add, where there is none."""
    for client in target.clients.values():
        uri = next(filter(_is_loopback_literal, client.redirect_uris), None)
        if uri is not None and client.declared.get("type") == "native" and client.may_use("authorization_code"):
            return client, uri
    raise Untested(
        'no native client has a loopback redirection URI: add one (http://127.0.0.1/...) with `type = "native"`'
    )


def _is_loopback_literal(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in LITERALS


def at_port(uri: str, port: int | None) -> str:
    """The URI with another port."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()


def exchange_reply(given: Given, send: Send, target: Target) -> Reply:
    """The exchange of a code that was asked for with another port; Inconclusive where none came."""
    client, uri = loopback_uri(target)
    answer = send.authorize(client, redirect_uri=at_port(uri, PORTS[0]))
    if not answer.get("code"):
        raise Inconclusive(f"no code came back to a loopback redirection URI with another port: {answer}")
    return send.code_exchange(given.code_in(answer))


def with_another(given: Given, send: Send, target: Target, part: str) -> Answer:
    """A request whose loopback URI differs from the registered one in more than its port."""
    client, uri = loopback_uri(target)
    seen_exchanged(given, client)
    changed = DIFFERENT[part](urlsplit(at_port(uri, PORTS[0])))
    return send.authorize(client, redirect_uri=changed.geturl())
