"""Tokens of one client or person and of another, the first one and a later one: each is revoked alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from conformance.base.outcomes import Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, TokenKind
from conformance.procedures.asking import SPARE_OWNER
from conformance.procedures.revocation import Revocation, fresh_token, revocation, revocation_of_kind, revoke

# By password alone: what this person approves in a browser is kept for tests of consent.
BY_PASSWORD = "password"
CODE = "authorization_code"


def of_second_client(given: Given, kind: TokenKind) -> ActiveToken:
    """A token of another client with a secret."""
    return fresh_token(given, kind, given.other_client())


def of_public_client(given: Given, kind: TokenKind) -> ActiveToken:
    """A token of a client without a secret."""
    return fresh_token(given, kind, given.client("public"))


def of_second_account(given: Given, kind: TokenKind) -> ActiveToken:
    """A token of another person."""
    given.feature(BY_PASSWORD)
    given.owner(SPARE_OWNER)
    if kind == "refresh_token":
        return given.active_token(given.refreshable(None, BY_PASSWORD, owner=SPARE_OWNER), kind)
    return given.active_token(given.tokens(BY_PASSWORD, owner=SPARE_OWNER))


def of_refresh(given: Given, kind: TokenKind) -> ActiveToken:
    """A token that came with a refresh."""
    return given.active_token(given.refreshed(given.refreshable()), kind)


def of_narrower_refresh(given: Given, kind: TokenKind) -> ActiveToken:
    """A token that came with a refresh for less than was granted."""
    tokens = given.refreshable()
    names = (tokens.asked_scope or "").split()
    if len(names) < 2:
        raise Vacuous("no more than one scope comes with a refresh token")
    return given.active_token(given.refreshed(tokens, scope=" ".join(names[:-1])), kind)


def of_implicit_grant(given: Given, kind: TokenKind) -> ActiveToken:
    """A token that came to the client by way of the user agent."""
    return given.active_token(given.tokens("implicit"), kind)


def of_code(given: Given, kind: TokenKind) -> ActiveToken:
    """A token that a code was exchanged for, where other tests take a cheaper grant."""
    given.feature(CODE)
    tokens = given.refreshable(None, CODE) if kind == "refresh_token" else given.tokens(CODE)
    return given.active_token(tokens, kind)


WHOSE: Mapping[str, Callable[[Given, TokenKind], ActiveToken]] = {
    "second-client": of_second_client,
    "public-client": of_public_client,
    "second-account": of_second_account,
    "refresh": of_refresh,
    "narrower-refresh": of_narrower_refresh,
    "code": of_code,
    "implicit": of_implicit_grant,
}
# No refresh token comes with the implicit grant, and a narrower refresh narrows access tokens alone.
of_both_kinds = [whose for whose in WHOSE if whose not in ("implicit", "narrower-refresh")]
by_whose = pytest.mark.parametrize("whose", of_both_kinds)
by_whose_access = pytest.mark.parametrize(
    "whose", [*of_both_kinds, "narrower-refresh", pytest.param("implicit", marks=pytest.mark.needs("implicit"))]
)


def revocation_by_own_client(given: Given, send: Send, kind: TokenKind, whose: str) -> Revocation:
    """A revocation by the token's own client. Vacuous where no such token can be had, or the revocation is refused."""
    revocation_of_kind(given, send, kind)

    def procedure() -> Revocation:
        with given.else_vacuous("there is no such token"):
            token = WHOSE[whose](given, kind)
        found = revocation(given, send, token)
        if not found.reply.is_served:
            raise Vacuous(f"this revocation is refused: {found.reply}")
        return found

    return given.observed(f"revocation of an {kind}, {whose}", procedure)


def revoked_before_another(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """A token that was revoked, and what became of it when its client revoked another one."""
    revocation_of_kind(given, send, kind)

    def procedure() -> Revocation:
        first = fresh_token(given, kind)
        with given.arranging():
            given.accepted(revoke(given, send, first), "an ordinary revocation")
        reply = revoke(given, send, fresh_token(given, kind, first.tokens.client))
        return Revocation(first, reply, given.still_active(first))

    return given.observed(f"a revoked {kind} after another one's revocation", procedure)
