"""Refresh requests with what has to be known around them: who got the token, for which scope, and what became of it."""

from __future__ import annotations

from typing import Any

from conformance.harness.exchange import Reply
from conformance.harness.given import Given
from conformance.harness.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.procedures.token_responses import actual_scope
from conformance.harness.send import Send
from conformance.harness.target import Client
from conformance.harness.tokens import Live, Tokens


def refreshing_seen(given: Given, send: Send, client: Client | None = None) -> Tokens:
    """Positive control: refresh tokens, of the main client unless told, are good for refreshing. Seen once; returns
    what came before it."""

    def procedure() -> Tokens:
        tokens = _own_tokens(given, client) if client else given.refreshable()
        with given.arranging():
            given.issued(send.refresh(tokens), "a refresh by the token's own client")
        return tokens

    return given.observed(f"a refresh by {client.name if client else 'the main client'}", procedure)


def _own_tokens(given: Given, client: Client) -> Tokens:
    if not client.may_use("refresh_token"):
        raise Untested(f"[clients.{client.name}] may not refresh: let it use the grant refresh_token")
    for grant in ("password", "authorization_code"):
        if given.claims(grant) and client.may_use(grant):
            tokens = given.tokens(grant, client)
            if tokens.refresh_token is not None:
                return tokens
    raise NotApplicable(f"no refresh token comes for [clients.{client.name}]")


def another_client(given: Given, send: Send, name: str) -> Client:
    """A client of the profile that refresh tokens also come for; Untested where it is the main one itself."""
    client = given.client(name)
    if refreshing_seen(given, send).client.client_id == client.client_id:
        raise Untested("this probe needs two clients that refresh tokens come for: add [clients.other]")
    refreshing_seen(given, send, client)
    return client


def refreshable(given: Given, send: Send, **changes: Any) -> Tokens:
    """Fresh tokens with a refresh token, of which another was seen to be good for refreshing."""
    seen = refreshing_seen(given, send)
    return given.refreshable(seen.client, seen.grant, **changes)


def refreshable_with_secret(given: Given, send: Send) -> Tokens:
    """The same, of a client that has a secret."""
    client = given.client_with_secret("password" if given.claims("password") else "authorization_code")
    refreshing_seen(given, send, client)
    return given.refreshable(client)


def scopes_to_refresh(given: Given, send: Send, at_least: int = 2) -> tuple[str, ...]:
    """The scopes that can be asked for in the grant that refresh tokens come by."""
    seen = refreshing_seen(given, send)
    return given.scopes(seen.grant, at_least, seen.client)


def scope_granted(given: Given, send: Send, tokens: Tokens) -> frozenset[str]:
    """The scope of an access token: as the server applies it where that shows, else as told or asked."""
    with given.arranging():
        actual = actual_scope(given, send, tokens)
    return tokens.granted if actual is None else actual


def fully_granted(given: Given, send: Send) -> tuple[Tokens, frozenset[str]]:
    """Tokens for all scopes, at least two, and what was granted of them."""
    scopes_to_refresh(given, send)
    tokens = refreshable(given, send)
    granted = scope_granted(given, send, tokens)
    if len(granted) < 2:
        raise Inconclusive(
            f"this probe needs two granted scopes, but a request for all got {' '.join(granted) or 'none'}"
        )
    return tokens, granted


def narrow_grant(given: Given, send: Send) -> tuple[Tokens, str]:
    """Tokens for one scope, and another scope that the resource owner was not asked for."""
    within, beyond = scopes_to_refresh(given, send)[:2]
    tokens = refreshable(given, send, scope=within)
    if beyond in scope_granted(given, send, tokens):
        raise NotApplicable(f"the server grants {beyond} without being asked for it")
    return tokens, beyond


def scope_obtained(given: Given, send: Send, reply: Reply, tokens: Tokens, asked: str | None) -> frozenset[str]:
    """The scope of the access token that a refresh gave; empty when it gave none."""
    if not reply.is_success or not reply.members.get("access_token"):
        return frozenset()
    return scope_granted(given, send, given.tokens_in(reply, tokens.client, tokens.grant, asked))


def full_scope_obtained(given: Given, send: Send, reply: Reply, tokens: Tokens, asked: str | None) -> frozenset[str]:
    """The same of a refresh for all that was granted. Inconclusive when it is refused for another reason than scope."""
    if reply.members.get("error") != "invalid_scope":
        given.issued(reply, "a refresh")
    return scope_obtained(given, send, reply, tokens, asked)


def successor(given: Given, send: Send, tokens: Tokens, **changes: Any) -> Tokens:
    """What a refresh gives, with a new refresh token among it; NotApplicable where the old one stays."""
    fresh = given.refreshed(tokens, **changes)
    if fresh.refresh_token == tokens.refresh_token:
        raise NotApplicable("a refresh brings no new refresh token")
    return fresh


def refreshed_as_live(given: Given, send: Send) -> Live:
    """A refreshed access token, to be asked about where its predecessor was seen active before the refresh."""
    tokens = given.refreshable()
    witnesses = given.live(tokens).witnesses
    with given.arranging():
        fresh = given.refreshed(tokens)
    return Live(fresh.access_token, "access_token", fresh, witnesses)


def in_order(tokens: Tokens, among: frozenset[str]) -> list[str]:
    """Scopes in the order in which they were asked for, those that nobody asked for behind."""
    asked = (tokens.asked_scope or "").split()
    return sorted(among, key=lambda name: (asked.index(name) if name in asked else len(asked), name))
