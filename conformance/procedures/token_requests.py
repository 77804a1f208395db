"""Ordinary token requests by any grant, with all that the grant needs, and changes of how they go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client
from conformance.wire.content import json_pairs
from conformance.wire.exchange import Reply, Request

OWN_HEADERS = ("Content-Type", "Authorization")


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """A client that was seen to exchange a code, and whether a refresh token came."""

    client: Client
    refreshable: bool


def token_request(
    given: Given,
    send: Send,
    grant: str | None = None,
    client: Client | None = None,
    presented_by: Client | None = None,
    **changes: Any,
) -> Reply:
    """A token request by a grant, the cheapest claimed one unless told; `changes` are changes of its parameters.

    `client` is whom code and refresh token are arranged for, `presented_by` who sends the request if it isn't the same.
    """
    grant = grant or given.any_grant(client)
    given.feature(grant)
    if grant == "authorization_code":
        return send.code_exchange(given.authorization_code(client), presented_by, **changes)
    if grant == "refresh_token":
        return send.refresh(given.refreshable(client), presented_by, **changes)
    return send.grant(grant, presented_by or client, **changes)


def code_exchange_seen(given: Given) -> CodeExchange:
    """What the main client got for a code: seen once, the positive control of whatever goes wrong with other codes."""

    def procedure() -> CodeExchange:
        tokens = given.tokens_for(given.authorization_code())
        return CodeExchange(tokens.client, tokens.refresh_token is not None)

    return given.observed("a code exchange", procedure)


def authenticated_seen(given: Given, send: Send, grant: str, client: Client) -> None:
    """The positive control of requests that lack a client's authentication: with it they are served. Seen once."""

    def procedure() -> None:
        given.issued(token_request(given, send, grant, client), "an authenticated request")

    given.observed(f"an authenticated request of {client.name} by {grant}", procedure)


def with_refresh_token(tokens: Tokens) -> Tokens:
    """Tokens with a refresh token among them; Vacuous where the grant comes with none."""
    if tokens.refresh_token is None:
        raise Vacuous(f"no refresh token comes with the access token of the grant {tokens.grant}")
    return tokens


def client_accepted(reply: Reply) -> Reply:
    """The reply, unless it finds fault with the grant: then it tells nothing of how the client named itself."""
    if reply.members.get("error") == "invalid_grant":
        raise Inconclusive(f"a fresh code or refresh token was refused: {reply}")
    return reply


# Requests that go out changed


def good_request(given: Given, send: Send, grant: str | None = None) -> Request:
    """A token request that is served as it stands (its like was, just now), for sending it changed."""
    grant = grant or given.any_grant()
    if grant == "authorization_code":
        code_exchange_seen(given)
        return send.code_exchange_request(given.authorization_code())
    if grant == "refresh_token":
        tokens = given.refreshed(given.refreshable())
        own = {"grant_type": grant, **tokens.client.token_parameters, "refresh_token": tokens.refresh_token}
        pairs, headers = send.authenticated(own, tokens.client, None, {})
        return send.form_request("token", pairs, headers)
    with given.arranging():
        request = given.issued(send.grant(grant), "an ordinary token request").request
    # What every request carries is added again when it is sent.
    return replace(request, headers=tuple(header for header in request.headers if header[0] in OWN_HEADERS))


def reply_to_request(send: Send, request: Request) -> Reply:
    """The reply to a request."""
    return send.raw(request.method, request.url, request.headers, request.body)


def with_query(request: Request, query: str) -> Request:
    """The request with something added to the query of its URI."""
    return replace(request, url=f"{request.url}{'&' if '?' in request.url else '?'}{query}")


def with_content_type(request: Request, value: str) -> Request:
    """The request with another Content-Type."""
    others = (header for header in request.headers if header[0] != "Content-Type")
    return replace(request, headers=(("Content-Type", value), *others))


def as_get(request: Request) -> Request:
    """The same parameters in the query of a GET."""
    others = tuple(header for header in request.headers if header[0] != "Content-Type")
    return replace(with_query(request, request.body.decode()), method="GET", headers=others, body=b"")


def escaped_form(pairs: Sequence[tuple[str, str]]) -> str:
    """A form in which every character of names and values is percent-encoded."""
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)


def with_parameter_repeated(request: Request, name: str) -> Request:
    """The request with one of its parameters once more, with the same value; Untested when it isn't there."""
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    again = [pair for pair in pairs if pair[0] == name]
    if not again:
        raise Untested(f"an ordinary request carries no {name} that could be repeated: name one in the profile")
    return replace(request, body=urlencode([*pairs, *again]).encode())


def with_everything_escaped(request: Request) -> Request:
    """The request with every character in its body percent-encoded."""
    return replace(request, body=escaped_form(parse_qsl(request.body.decode(), keep_blank_values=True)).encode())


def _escaped(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


# Reading a reply


def deciding_reply(reply: Reply, what: str) -> Reply:
    """The answer that another one is compared with. Inconclusive where the server broke down: that is no measure."""
    if reply.is_breakdown:
        raise Inconclusive(f"{what} got {reply}, which another requirement judges and nothing can be compared with")
    return reply


def outcome(reply: Reply) -> tuple[bool, object, frozenset[str]]:
    """What a token request came to: whether a token was issued, the error code, and the scope as far as it is told."""
    scope = reply.members.get("scope")
    told = frozenset(scope.split()) if isinstance(scope, str) else frozenset()
    return reply.is_success and bool(reply.members.get("access_token")), reply.members.get("error"), told


def repeated_members(reply: Reply) -> list[str]:
    """Names that occur more than once in the JSON object of an answer."""
    names = [name for name, _ in json_pairs(reply.body)]
    return [name for name, count in Counter(names).items() if count > 1]
