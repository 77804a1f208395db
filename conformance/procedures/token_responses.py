"""Successful answers of the token endpoint, one for each claimed grant: asked for once, judged by many tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness import needs
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client
from conformance.wire.content import json_pairs
from conformance.wire.exchange import Reply

# Every grant that is redeemed at the token endpoint, from the cheapest to arrange to the dearest.
GRANTS = ("client_credentials", "password", "authorization_code", "refresh_token", "extension_grant")
# Those in which a request can name a scope that the answer has to be honest about.
SCOPED_GRANTS = GRANTS[:3]
# The parameters that section 5.1 defines, and those of them whose names nothing else in an answer would bear.
DEFINED = ("access_token", "token_type", "expires_in", "refresh_token", "scope")
UNMISTAKABLE = DEFINED[:4]


def by_each_grant(*grants: str) -> pytest.MarkDecorator:
    """Run a test once for each claimed grant: those of the token endpoint unless told."""
    return pytest.mark.parametrize(
        "grant", [pytest.param(name, marks=needs(name), id=name) for name in grants or GRANTS]
    )


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked by which grant, for which scope, and the answer."""

    client: Client
    grant: str
    asked_scope: str | None
    reply: Reply


def valid_request(given: Given, send: Send, grant: str) -> Request:
    """A valid token request by a grant, asked once. Inconclusive when it is refused: the profile may be wrong."""
    return given.observed(f"a valid token request by {grant}", lambda: valid_request_anew(given, send, grant))


def valid_request_anew(given: Given, send: Send, grant: str) -> Request:
    """The same, asked for tokens that nobody else holds."""
    asked: str | None = None
    if grant == "authorization_code":
        code = given.authorization_code()
        client, asked, reply = code.client, code.scope, send.code_exchange(code)
    elif grant == "refresh_token":
        tokens = given.refreshable()
        client, reply = tokens.client, send.refresh(tokens)
    elif grant == "extension_grant":
        client = given.client_with_secret()
        parameters = given.extension_grant()
        reply = send.token(parameters["grant_type"], client, parameters)
    else:
        client = given.client_for(grant)
        asked, reply = " ".join(client.scopes_for(grant)) or None, send.grant(grant, client)
    if reply.is_refusal:
        raise Inconclusive(f"a token request that the profile makes for a valid one ({grant}) got {reply}")
    return Request(client, grant, asked, reply)


def token_response(given: Given, send: Send, grant: str) -> Reply:
    """The answer to a valid token request by a grant: any success, whatever it looks like."""
    return given.accepted(valid_request(given, send, grant).reply, f"a token request by the grant {grant}")


def token_responses(given: Given, send: Send) -> dict[str, Reply]:
    """The answers to valid requests by all claimed grants, by grant."""
    return {grant: token_response(given, send, grant) for grant in GRANTS if given.claims(grant)}


def tokens_by(given: Given, send: Send, grant: str) -> Tokens:
    """The tokens in that answer, read leniently."""
    request = valid_request(given, send, grant)
    return given.tokens_in(request.reply, request.client, grant, request.asked_scope)


def parameters(reply: Reply) -> dict[str, Any]:
    """The answer's parameters, read leniently: members of a JSON object, or a form; null counts as left out."""
    found = reply.members or {name: value for name, value in reply.form.items() if name in (*DEFINED, "error")}
    return {name: value for name, value in found.items() if value is not None}


def parameter(reply: Reply, name: str) -> Any:
    """One parameter of an answer; Vacuous where it has none of that name."""
    value = parameters(reply).get(name)
    if value is None:
        raise Vacuous(f"this answer has no {name}")
    return value


def nested_only(reply: Reply, *names: str) -> list[str]:
    """Those of the names that the answer's JSON has below its top level and not at it."""
    below = {name for value in _values(reply.json) for name in _names(value)}
    at_top = set(reply.members) if isinstance(reply.json, dict) else set()
    return [name for name in names if name in below - at_top]


def _values(document: Any) -> list[Any]:
    if isinstance(document, dict):
        return list(document.values())
    return document if isinstance(document, list) else []


def _names(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
    for value in _values(document):
        yield from _names(value)


def occurrences(reply: Reply, name: str) -> int:
    """How often a member of that name stands in the body's JSON object: a parser alone would keep one of them."""
    return sum(1 for each, _ in json_pairs(reply.body) if each == name)


def announced_lifetime(tokens: Tokens) -> float:
    """The seconds in `expires_in`, number or text; Vacuous where the answer doesn't tell."""
    value = tokens.members.get("expires_in")
    try:
        return float(str(value))
    except ValueError:
        raise Vacuous("the token response tells no lifetime") from None


def lifetime_of(given: Given, tokens: Tokens) -> float:
    """The seconds after which an access token is over for certain: by its answer and by the profile, the longer one."""
    try:
        announced = announced_lifetime(tokens)
    except Vacuous:
        return given.limit("access_token_lifetime")
    try:
        return max(announced, given.limit("access_token_lifetime"))
    except Untested:
        return announced


def leads_to_a_page(address: str) -> bool:
    """Whether a browser can open an address: by its looks, nothing is sent there."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def altered(value: str) -> str:
    """A token with one character in its middle replaced: the last ones of an encoded text may mean nothing."""
    at = len(value) // 2
    return value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]


def invented_credentials(given: Given, client: Client) -> Client:
    """A client that the server doesn't know, in the likeness of one that it does."""
    return replace(client, client_id=given.invented("client_id"), client_secret=given.invented("client_secret"))
