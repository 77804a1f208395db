"""Headers by which proxies tell of the original request, sent by somebody who is no proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.base.outcomes import Untested, Vacuous
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.client_authentication import client_served
from conformance.procedures.redirects import ATTACKER
from conformance.procedures.token_requests import token_request
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

HEADERS: Mapping[str, str] = {
    "X-Forwarded-Host": ATTACKER,
    "X-Forwarded-Server": ATTACKER,
    "X-Forwarded-Prefix": f"/{ATTACKER}",
    "X-Original-Host": ATTACKER,
    "X-Host": ATTACKER,
    "Forwarded": f"for=192.0.2.1;host={ATTACKER};proto=https",
}

# By which proxies tell that TLS has authenticated the client, and who has signed in.
CERTIFIED = ("X-SSL-Client-Verify", "X-SSL-Client-Cert", "X-Client-Cert", "X-Forwarded-Client-Cert", "Client-Cert")
SIGNED_IN = (
    "X-Forwarded-User",
    "X-Remote-User",
    "Remote-User",
    "X-Auth-Request-User",
    "X-Forwarded-Preferred-Username",
)


def reply_to_forwarded_certificate(given: Given, send: Send) -> Reply:
    """The answer to a token request of a client without its secret, which tells that TLS has authenticated it."""
    client = client_served(given, send, given.client_with_secret())
    if token_request(given, send, None, client, authentication="none").is_served:
        raise Vacuous("the client needs no secret, with such a header or without: other sentences judge that")
    told = [(name, f'SUCCESS; Subject="CN={client.client_id}"') for name in CERTIFIED]
    return token_request(given, send, None, client, authentication="none", headers=told)


def signed_in_by_header(given: Given, send: Send) -> tuple[Reply, Reply]:
    """The answers to an authorization request of somebody unknown, without and with headers that name a person."""
    good = ordinary_request(given, send)
    request = send.authorization_request(good.client, good.response_type)
    told = [(name, given.owner().username) for name in SIGNED_IN if given.owner().username.isascii()]
    one, other = (send.form("authorization", request.pairs, each, method="GET") for each in ([], told))
    return one, other


def asks_alike(one: Reply, other: Reply) -> bool:
    """Whether two answers lead to signing in alike: by a form for a password, or elsewhere."""
    forms = [read_page(reply).sign_in_form() is not None for reply in (one, other)]
    places = [(reply.header("Location") or "").partition("?")[0] for reply in (one, other)]
    return one.status == other.status and forms[0] == forms[1] and places[0] == places[1]


def browser_led_astray(given: Given, send: Send, kind: str) -> tuple[Answer, str]:
    """How a person fares whose browser sends all such headers with each request, and where they led; empty for nowhere.

    `kind` tells what is asked for: a code, or a scope that nobody knows.
    """
    agent = replace(given.user_agent(fresh=True), adds=tuple(HEADERS.items()))
    changes: dict[str, Any] = {"scope": given.invented("scope")} if kind == "error" else {}
    answer = send.authorize(user_agent=agent, **changes)
    if answer.destination is None:
        raise Vacuous(f"a browser with such headers gets no answer: {answer}")
    return answer, answer.destination if ATTACKER in answer.destination else ""


def led_astray(given: Given, send: Send, target: Target, name: str, where: str) -> tuple[Reply, str]:
    """The answer to a request with such a header, and where it speaks of the forged host; empty for nowhere."""
    header = (name, HEADERS[name])
    if where == "metadata":
        if "metadata" not in target.endpoints:
            raise Untested("the profile names no metadata: add `metadata = ...` under [endpoints]")
        reply = send.raw("GET", target.url("metadata"), [("Accept", "application/json"), header])
    else:
        good = ordinary_request(given, send)
        request = send.authorization_request(good.client, good.response_type)
        reply = send.form("authorization", request.pairs, [header], method="GET")
    told = [f"{key}: {value}" for key, value in reply.headers if ATTACKER in value]
    return reply, ", ".join(told) or (f"{ATTACKER} in the body" if ATTACKER in reply.text else "")
