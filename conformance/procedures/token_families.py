"""Tokens of one grant over several steps, and of two grants beside each other: what one step leaves for the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, Tokens
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.introspection import ask
from conformance.procedures.refreshing import (
    fully_granted,
    narrow_grant,
    narrower_scope,
    refreshable_tokens,
    scope_obtained,
    successor,
)
from conformance.procedures.revocation import best_revocation, revoke
from conformance.wire.exchange import Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Described:
    """A token, and what introspection says of it."""

    tokens: Tokens
    reply: Reply


@dataclass(frozen=True, slots=True)
class ThirdRefresh:
    """The answer to a third refresh, the scope of the grant and the one that was obtained."""

    reply: Reply
    granted: frozenset[str]
    obtained: ScopeOfToken
    is_by_new_token: bool


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh brought after something had been ended: is the ended token still over, and the new one good?"""

    revived: tuple[str, ...]
    scope: ScopeOfToken | None
    is_new_token_good: bool


def narrowed_and_described(given: Given, send: Send) -> Described:
    """What introspection says at once of a token that a refresh has narrowed. Vacuous where none is to be had."""

    def procedure() -> Described:
        tokens, granted = fully_granted(given, send)
        fresh = _refreshed_to(given, tokens, scope=narrower_scope(given, send, tokens, granted))
        if fresh.scope is None:
            raise Vacuous("the answer to a narrower refresh tells no scope")
        return Described(fresh, ask(given, send, fresh.access_token))

    return _arranged(given, "introspection of a token that a refresh has narrowed", procedure)


def third_refresh_of_full_grant(given: Given, send: Send) -> ThirdRefresh:
    """A refresh without scope after two narrower ones. Vacuous where no narrower refresh is served."""

    def procedure() -> ThirdRefresh:
        tokens, granted = fully_granted(given, send)
        less = narrower_scope(given, send, tokens, granted)
        last = _refreshed_to(given, _refreshed_to(given, tokens, scope=less), scope=less)
        reply = send.refresh(last)
        obtained = scope_obtained(given, send, reply, tokens, tokens.asked_scope)
        return ThirdRefresh(reply, granted, obtained, last.refresh_token != tokens.refresh_token)

    return _arranged(given, "a refresh after two narrower ones", procedure)


def third_refresh_that_is_served(given: Given, send: Send) -> ThirdRefresh:
    """The same. Vacuous where it is refused: that is the matter of its refresh token."""
    third = third_refresh_of_full_grant(given, send)
    if not third.reply.members.get("access_token"):
        raise Vacuous(f"a third refresh is refused: {third.reply}")
    return third


def third_refresh_by_new_token(given: Given, send: Send) -> Reply:
    """The same by a refresh token that came of the narrower ones. Vacuous where the first one stays."""
    third = third_refresh_of_full_grant(given, send)
    if not third.is_by_new_token:
        raise Vacuous("a refresh brings no new refresh token")
    return third.reply


def third_refresh_of_narrow_grant(given: Given, send: Send) -> tuple[ScopeOfToken, str]:
    """The scope that a third refresh brings of a grant for one scope, and another scope that nobody granted."""
    tokens, beyond = narrow_grant(given, send)
    third = _refreshed_to(given, _refreshed_to(given, _refreshed_to(given, tokens)))
    return scope_of(given, send, replace(third, asked_scope=tokens.asked_scope)), beyond


def third_generation(given: Given, send: Send) -> Tokens:
    """Tokens with a refresh token that has replaced one which had replaced another. Vacuous where none is replaced."""
    with given.else_vacuous("no refresh token comes to a third"):
        return successor(given, send, successor(given, send, refreshable_tokens(given, send)))


def refreshed_after_revocation(given: Given, send: Send) -> Refreshed:
    """A refresh after the revocation of the access token beside it.

    Vacuous where access tokens can't be revoked, or the refresh token ends with them.
    """

    def procedure() -> Refreshed:
        _seen_to_end(given, send, "access_token")
        tokens = refreshable_tokens(given, send)
        token = given.active_token(tokens)
        _end(given, send, token)
        return _refreshed(given, send, tokens, token)

    return _arranged(given, "a refresh after the access token's revocation", procedure)


def refreshed_beside_an_ended_grant(given: Given, send: Send) -> tuple[Refreshed, str]:
    """A refresh of a grant for one scope, when one for all scopes by the same person has ended; a scope it has not.

    Vacuous where refresh tokens can't be revoked, or the first grant ends with the second.
    """

    def procedure() -> tuple[Refreshed, str]:
        _seen_to_end(given, send, "refresh_token")
        less, beyond = narrow_grant(given, send)
        more = refreshable_tokens(given, send)
        token = given.active_token(more)
        _end(given, send, ActiveToken(more.refresh_token or "", "refresh_token", more, ()))
        if given.still_active(token):
            raise Vacuous("an access token lives on when the refresh token beside it is revoked")
        return _refreshed(given, send, less, token), beyond

    return _arranged(given, "a refresh beside an ended grant", procedure)


def _arranged(given: Given, key: str, procedure: Callable[[], T]) -> T:
    """What is seen once. Vacuous where it can't be arranged: the sentences that it is for have other tests."""
    with given.else_vacuous(key):
        return given.observed(key, procedure)


def _refreshed_to(given: Given, tokens: Tokens, **changes: str) -> Tokens:
    with given.else_vacuous("no refresh that others could follow"):
        return given.refreshed(tokens, **changes)


def _seen_to_end(given: Given, send: Send, kind: str) -> None:
    """A control: ordinary requests end tokens of this kind; else other requirements judge that."""
    if not best_revocation(given, send, "access_token" if kind == "access_token" else "refresh_token").ended:
        raise Vacuous(f"no {kind.replace('_', ' ')} is seen to end by its revocation")


def _end(given: Given, send: Send, token: ActiveToken) -> None:
    with given.arranging():
        given.accepted(revoke(given, send, token), "an ordinary revocation")
        if token.witnesses and given.still_active(token):
            raise Inconclusive("a token that was revoked is still active: other requirements judge that")


def _refreshed(given: Given, send: Send, tokens: Tokens, ended: ActiveToken) -> Refreshed:
    """A refresh, and a look at the token that had ended and at the one that came."""
    reply = send.refresh(tokens)
    if not reply.members.get("access_token"):
        raise Vacuous(f"what was ended has ended the refresh token as well: {reply}")
    fresh = given.tokens_in(reply, tokens.client, tokens.grant, tokens.asked_scope)
    new = ActiveToken(fresh.access_token, "access_token", fresh, ended.witnesses)
    is_good = bool(given.still_active(new, settled=False))
    return Refreshed(given.still_active(ended), scope_of(given, send, fresh), is_good)
