"""RFC 7009 section 2.1: what a revocation does to the token in use, and to the tokens related to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send, bearer
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.procedures.revocation import (
    Revocation,
    accepted_revocation,
    best_revocation,
    fresh_token,
    hinted_revocation,
    revocable_kind,
    revocation,
    revoke,
)
from conformance.profile.target import Client
from conformance.wire.exchange import Reply, Request

# So many connections ask at once whether a revoked token is still good.
CONNECTIONS = 5


@dataclass(frozen=True, slots=True)
class Related:
    """A revocation, and the related tokens: those seen active before, and those of them that are active afterwards."""

    reply: Reply
    before: tuple[ActiveToken, ...]
    after: tuple[ActiveToken, ...]

    def __str__(self) -> str:
        return f"{len(self.after)} of {len(self.before)} still active after status {self.reply.status}"


def in_use(given: Given, kind: TokenKind) -> ActiveToken:
    """A fresh token, and of its witnesses only the one that shows it in use: a resource rather than introspection."""
    by_user = kind == "access_token" and (given.claims("password") or given.claims("authorization_code"))
    token = given.active_token(given.tokens(given.user_grant())) if by_user else fresh_token(given, kind)
    return replace(token, witnesses=token.witnesses[-1:])


def revoked_again(given: Given, send: Send) -> Revocation:
    """A second revocation of a token whose first was answered with success."""

    def procedure() -> Revocation:
        token = fresh_token(given, accepted_revocation(given, send).token.kind)
        with given.arranging():
            given.accepted(revoke(given, send, token), "an ordinary revocation")
        return Revocation(token, revoke(given, send, token), given.still_active(token))

    return given.observed("second revocation of a token", procedure)


def active_in_parallel(given: Given, send: Send) -> list[Reply]:
    """Answers, out of several given at once, that take a token for valid after its confirmed revocation."""
    token = fresh_token(given, revocable_kind(given, send))
    given.accepted(revoke(given, send, token), "an ordinary revocation")
    given.still_active(token)
    replies = send.together([_look(given, send, token)] * CONNECTIONS)
    return [reply for reply in replies if _takes_for_valid(token, reply)]


def _look(given: Given, send: Send, token: ActiveToken) -> Request:
    """A request that asks the first of a token's witnesses."""
    witness = token.witnesses[0]
    if witness == "introspection":
        own: dict[str, str | None] = {"token": token.value, "token_type_hint": token.kind}
        pairs, headers = send.authenticated(own, given.introspecting_client(), None, {})
        return send.form_request("introspection", pairs, headers)
    if witness == "refresh":
        client = token.tokens.client
        own = {"grant_type": "refresh_token", **client.token_parameters, "refresh_token": token.value}
        pairs, headers = send.authenticated(own, client, None, {})
        return send.form_request("token", pairs, headers)
    request = send.form_request(witness, (), [bearer(token.value)], method="GET")
    return replace(request, url=request.url.rstrip("?&"))


def _takes_for_valid(token: ActiveToken, reply: Reply) -> bool:
    if token.witnesses[0] == "introspection":
        return reply.members.get("active") is True
    return reply.is_served


def ending_its_own(given: Given, send: Send, client: Client) -> Client:
    """A client whose request ends a refresh token of its own.

    Vacuous where it ends none, refused or answered by 200: nothing can end with it then, and section 5 judges that.
    """

    def procedure() -> Revocation:
        return revocation(given, send, given.active_token(given.refreshable(client), "refresh_token"))

    found = given.observed(f"a refresh token of {client.name}, revoked by itself", procedure)
    if not found.ended:
        raise Vacuous(f"no refresh token of [clients.{client.name}] ends by its own request: {found}")
    return client


def after_hinted_refresh_token(given: Given, send: Send, hint: TokenKind) -> Related:
    """The same for a request with a hint. Vacuous where such a request ends no refresh token in the first place."""
    found = hinted_revocation(given, send, "refresh_token", hint)
    if not found.ended:
        raise Vacuous(f"no refresh token ends by a request with the hint {hint}: {found}")
    return after_refresh_token(given, send, hint=hint)


def after_refresh_token(
    given: Given, send: Send, client: Client | None = None, hint: TokenKind | None = None
) -> Related:
    """The access tokens of a grant, an older and a newer one, after the revocation of its refresh token."""
    named = hint

    def procedure() -> Related:
        hint = named or best_revocation(given, send, "refresh_token").hint
        last, *older = _family(given, client)
        before = tuple(live for tokens in (last, *older) for live in _if_active(given, tokens))
        reply = send.revocation(last.refresh_token or "", last.client, token_type_hint=hint)
        after = tuple(each for each in before if given.still_active(each))
        return Related(reply, before, after)

    whose = client.name if client else "the main client"
    return given.observed(f"access tokens of {whose} after their refresh token's revocation, hint {hint}", procedure)


def seen_before(related: Related) -> Related:
    """A control: there were related tokens, and they were seen active."""
    if not related.before:
        raise Inconclusive("no fresh access token of the grant is seen active")
    return related


def after_access_token(given: Given, send: Send) -> Related:
    """The refresh token of a grant after the revocation of its access token."""

    def procedure() -> Related:
        hint = best_revocation(given, send, "access_token").hint
        tokens = given.refreshable()
        before = given.active_token(tokens, "refresh_token")
        reply = send.revocation(tokens.access_token, tokens.client, token_type_hint=hint)
        after = (before,) if given.still_active(before, settled=False) else ()
        return Related(reply, (before,), after)

    return given.observed("the refresh token after its access token's revocation", procedure)


def _family(given: Given, client: Client | None = None) -> list[Tokens]:
    """Tokens of one grant, the last ones first: those of a refresh if what a refresh gives can be refreshed again."""

    def procedure() -> bool:
        with contextlib.suppress(Inconclusive):
            given.refreshed(given.refreshed(given.refreshable()))
            return True
        return False

    goes_on = given.observed("whether refreshed tokens can be refreshed", procedure)
    first = given.refreshable(client)
    return [given.refreshed(first), first] if goes_on else [first]


def _if_active(given: Given, tokens: Tokens) -> Iterator[ActiveToken]:
    """A server may end the older access token with the refresh."""
    with contextlib.suppress(Inconclusive):
        yield given.active_token(tokens)
