"""Refresh requests with what has to be known around them: who got the token, for which scope, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, Tokens
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# Scopes of OpenID Connect without which a server may give no refresh token, or take a request for another protocol's.
KEEPS_THE_FLOW = ("openid", "offline_access", "offline")


# A server may replace the refresh tokens of public clients and keep those of others.
OF_EITHER_CLIENT = pytest.mark.parametrize("whose", ["main", "public"])


@dataclass(frozen=True, slots=True)
class Refreshing:
    """Whose refresh tokens, from which grant, were seen to be good for refreshing."""

    client: Client
    grant: str


def refreshing_seen(given: Given, send: Send, client: Client | None = None) -> Refreshing:
    """Positive control: refresh tokens, of the main client unless told, are good for refreshing. Seen once."""

    def procedure() -> Refreshing:
        tokens = _own_tokens(given, client) if client else given.refreshable()
        with given.arranging():
            given.issued(send.refresh(tokens), "a refresh by the token's own client")
        return Refreshing(tokens.client, tokens.grant)

    return given.observed(f"a refresh by {client.name if client else 'the main client'}", procedure)


def _own_tokens(given: Given, client: Client) -> Tokens:
    if not client.may_use("refresh_token"):
        raise Untested(f"[clients.{client.name}] may not refresh: let it use the grant refresh_token")
    for grant in ("password", "authorization_code"):
        if given.claims(grant) and client.may_use(grant):
            tokens = given.tokens(grant, client)
            if tokens.refresh_token is not None:
                return tokens
    raise Vacuous(f"no refresh token comes for [clients.{client.name}]")


def another_client(given: Given, send: Send, name: str) -> Client:
    """A client of the profile that refresh tokens also come for; Untested where it is the main one itself."""
    client = given.client(name)
    if refreshing_seen(given, send).client.client_id == client.client_id:
        raise Untested("this probe needs two clients that refresh tokens come for: add [clients.other]")
    refreshing_seen(given, send, client)
    return client


def refreshable_tokens(given: Given, send: Send, **changes: Any) -> Tokens:
    """Fresh tokens with a refresh token, of which another was seen to be good for refreshing."""
    seen = refreshing_seen(given, send)
    return given.refreshable(seen.client, seen.grant, **changes)


def refreshable_of(given: Given, whose: str) -> Tokens:
    """Fresh tokens with a refresh token: of the `main` client, or of the one of that name."""
    return given.refreshable(None if whose == "main" else given.client(whose))


def refreshable_with_secret(given: Given, send: Send) -> Tokens:
    """The same, of a client that has a secret."""
    client = given.client_with_secret("password" if given.claims("password") else "authorization_code")
    refreshing_seen(given, send, client)
    return given.refreshable(client)


@dataclass(frozen=True, slots=True)
class Divided:
    """The scopes of a grant: those that no narrower request can do without, and the others."""

    needed: tuple[str, ...]
    free: tuple[str, ...]

    def narrowed(self, names: Iterable[str]) -> str:
        """A scope of the needed names and these."""
        return " ".join(dict.fromkeys((*self.needed, *names)))


def divided_scopes(given: Given, send: Send) -> Divided:
    """The scopes that can be asked for in the grant that refresh tokens come by, at least two of them free.

    Some servers give no refresh token without `offline_access`, or nothing without `openid`: what the flow needs shows
    in the answer to a request for a single other scope. It may differ from grant to grant, so these two are kept
    wherever enough is left beside them.
    """
    seen = refreshing_seen(given, send)
    scopes = given.scopes(seen.grant, 2, seen.client)

    def procedure() -> Divided:
        known = tuple(name for name in scopes if name in KEEPS_THE_FLOW)
        for needed in dict.fromkeys((known, (), scopes[:-2])):
            free = tuple(name for name in scopes if name not in needed and name not in known)
            if len(free) >= 2 and _come_refreshable(given, seen, " ".join((*needed, free[0]))):
                return Divided(needed, free)
        return Divided((), scopes)

    return given.observed("the scopes that refresh tokens come with", procedure)


def _come_refreshable(given: Given, seen: Refreshing, scope: str) -> bool:
    try:
        return given.tokens(seen.grant, seen.client, scope=scope).refresh_token is not None
    except Inconclusive:
        return False


def fully_granted(given: Given, send: Send, whose: str = "main") -> tuple[Tokens, frozenset[str]]:
    """Tokens for all scopes, at least two, and what was granted of them; Vacuous where another client gets but one."""
    divided_scopes(given, send)
    tokens = refreshable_tokens(given, send) if whose == "main" else refreshable_of(given, whose)
    granted = scope_of(given, send, tokens).at_most
    if len(granted) < 2 and whose != "main":
        raise Vacuous(f"[clients.{whose}] was granted {' '.join(granted) or 'no scope'}: there is no less of it")
    if len(granted) < 2:
        raise Inconclusive(
            f"this probe needs two granted scopes, but a request for all got {' '.join(granted) or 'none'}"
        )
    return tokens, granted


def narrower_scope(given: Given, send: Send, tokens: Tokens, granted: frozenset[str]) -> str:
    """One of the granted scopes, beside those that the flow needs."""
    found = divided_scopes(given, send)
    return found.narrowed([name for name in in_order(tokens, granted) if name not in found.needed][:1])


def narrow_grant(given: Given, send: Send) -> tuple[Tokens, str]:
    """Tokens for one scope, and another scope that the resource owner was not asked for."""
    found = divided_scopes(given, send)
    within, beyond = found.free[:2]
    tokens = refreshable_tokens(given, send, scope=found.narrowed([within]))
    if beyond in scope_of(given, send, tokens).at_least:
        raise Vacuous(f"the server grants {beyond} without being asked for it")
    return tokens, beyond


def narrow_grant_of(given: Given, send: Send, client: Client) -> tuple[Tokens, str]:
    """The same for another client. Vacuous where it may not ask for these scopes."""
    found, seen = divided_scopes(given, send), refreshing_seen(given, send, client)
    within, beyond = found.free[:2]
    if not {within, beyond} <= set(client.scopes_for(seen.grant)):
        raise Vacuous(f"[clients.{client.name}] may not ask for {within} and {beyond}")
    tokens = given.refreshable(client, seen.grant, scope=found.narrowed([within]))
    if beyond in scope_of(given, send, tokens).at_least:
        raise Vacuous(f"the server grants {beyond} without being asked for it")
    return tokens, beyond


def narrow_grant_of_either(given: Given, send: Send, whose: str) -> tuple[Tokens, str]:
    """The same of the `main` client, or of another one of that name."""
    return (
        narrow_grant(given, send)
        if whose == "main"
        else narrow_grant_of(given, send, another_client(given, send, whose))
    )


def of_another_client(given: Given, send: Send, name: str) -> Tokens:
    """Tokens of another client than the main one, whose refresh tokens were seen to be good."""
    client = another_client(given, send, name)
    return given.refreshable(client, refreshing_seen(given, send, client).grant)


def of_narrower_refresh(given: Given, send: Send) -> ScopeOfToken:
    """What became of a refresh for less than was granted; Vacuous where it is refused."""
    tokens, granted = fully_granted(given, send)
    asked = narrower_scope(given, send, tokens, granted)
    reply = send.refresh(tokens, scope=asked)
    if not reply.members.get("access_token"):
        raise Vacuous(f"a refresh for less than was granted is refused: {reply}")
    return scope_of(given, send, given.tokens_in(reply, tokens.client, tokens.grant, asked))


def scope_obtained(given: Given, send: Send, reply: Reply, tokens: Tokens, asked: str | None) -> ScopeOfToken:
    """The scope of the access token that a refresh gave; an empty one when it gave none."""
    if not reply.is_success or not reply.members.get("access_token"):
        return ScopeOfToken(frozenset(), None)
    return scope_of(given, send, given.tokens_in(reply, tokens.client, tokens.grant, asked))


def full_scope_obtained(given: Given, send: Send, reply: Reply, tokens: Tokens, asked: str | None) -> ScopeOfToken:
    """The same of a refresh for all that was granted. Inconclusive when it is refused for another reason than scope."""
    if reply.members.get("error") != "invalid_scope":
        given.issued(reply, "a refresh")
    return scope_obtained(given, send, reply, tokens, asked)


def successor(given: Given, send: Send, tokens: Tokens, **changes: Any) -> Tokens:
    """What a refresh gives, with a new refresh token among it; Vacuous where the old one stays."""
    fresh = given.refreshed(tokens, **changes)
    if fresh.refresh_token == tokens.refresh_token:
        raise Vacuous("a refresh brings no new refresh token")
    return fresh


def refreshed_as_live(given: Given, send: Send) -> ActiveToken:
    """A refreshed access token, to be asked about where its predecessor was seen active before the refresh."""
    tokens = given.refreshable()
    witnesses = given.active_token(tokens).witnesses
    with given.arranging():
        fresh = given.refreshed(tokens)
    return ActiveToken(fresh.access_token, "access_token", fresh, witnesses)


def in_order(tokens: Tokens, among: frozenset[str]) -> list[str]:
    """Scopes in the order in which they were asked for, those that nobody asked for behind."""
    asked = (tokens.asked_scope or "").split()
    return sorted(among, key=lambda name: (asked.index(name) if name in asked else len(asked), name))
