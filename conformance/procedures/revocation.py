"""RFC 7009: requests to revoke a token, what is answered, and what becomes of the token.

A server need not revoke access tokens, and shows of a token what its profile's witnesses show. So whatever isn't about
one kind of token is tried with the kind that an ordinary request is seen to end; that is the positive control, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

KINDS: tuple[TokenKind, ...] = ("access_token", "refresh_token")
# From the cheapest to the dearest.
GRANTS = ("client_credentials", "password", "authorization_code", "implicit")
Appearing = Callable[[Given, Client], Client]
UNSUPPORTED = "unsupported_token_type"

both_kinds = pytest.mark.parametrize(
    "kind", ["access_token", pytest.param("refresh_token", marks=pytest.mark.needs("refresh_token"))]
)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A request to revoke a token that was seen active: the answer, and the witnesses that see it active afterwards.

    `hint` is the request's `token_type_hint`, None without one.
    """

    token: ActiveToken
    reply: Reply
    still: tuple[str, ...]
    hint: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nobody sees the token active any more."""
        return not self.still

    @property
    def survived(self) -> bool:
        """Whether all who saw the token active still do."""
        return set(self.still) == set(self.token.witnesses)

    @property
    def is_unsupported(self) -> bool:
        """Whether the server said that it doesn't revoke access tokens (section 2.2.1)."""
        return self.token.kind == "access_token" and self.reply.members.get("error") == UNSUPPORTED

    @property
    def outcome(self) -> tuple[int, object, bool]:
        """What there is to tell two revocations apart: status, error, and whether the token ended."""
        return *judgment(self.reply), self.ended

    @property
    def wanted(self) -> str:
        """Completes "expected ..."."""
        return f"the {in_words(self.token.kind)} to be inactive"

    def __str__(self) -> str:
        became = f"still active by {', '.join(self.still)}" if self.still else "inactive"
        return f"{self.reply}, the {in_words(self.token.kind)} {became}"


def judgment(reply: Reply) -> tuple[int, object]:
    """What an answer tells its client: status and error code."""
    return reply.status, reply.members.get("error")


def in_words(kind: TokenKind) -> str:
    """A kind of token, for messages."""
    return kind.replace("_", " ")


# Requests as they stand


def fresh_token(given: Given, kind: TokenKind, client: Client | None = None) -> ActiveToken:
    """A fresh token of a kind, seen active: by the cheapest grant whose tokens the profile's witnesses see."""
    if kind == "refresh_token":
        return given.active_token(given.refreshable(client), kind)
    *cheaper, dearest = _grants(given, client)
    for grant in cheaper:
        try:
            return given.active_token(given.tokens(grant, client))
        except Inconclusive:
            continue
    return given.active_token(given.tokens(dearest, client))


def fresh_tokens(given: Given, kind: TokenKind, client: Client | None = None) -> Tokens:
    """Fresh tokens with one of a kind among them, that nobody was asked about."""
    if kind == "refresh_token":
        return given.refreshable(client)
    return given.tokens(_grants(given, client)[0], client)


def _grants(given: Given, client: Client | None) -> list[str]:
    """The claimed grants that a client may use, or that some client may use."""
    grants = [grant for grant in GRANTS if given.claims(grant) and (client is None or client.may_use(grant))]
    usable = [grant for grant in grants if client is not None or _has_client(given, grant)]
    if not usable:
        raise NotApplicable("the profile claims no grant that this test can use")
    return usable


def _has_client(given: Given, grant: str) -> bool:
    try:
        return given.client_for(grant) is not None
    except Untested:
        return False


def value_of(tokens: Tokens, kind: TokenKind) -> str:
    """The token of a kind."""
    return (tokens.refresh_token or "") if kind == "refresh_token" else tokens.access_token


def plain_revocation(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """A request with `token` alone, by the token's own client."""
    return given.observed(f"revocation of an {kind}", lambda: _revocation(given, send, fresh_token(given, kind)))


def hinted_revocation(given: Given, send: Send, kind: TokenKind, hint: str) -> Revocation:
    """A request with `token` and `token_type_hint`, by the token's own client; the hint `invented` is made up."""

    def procedure() -> Revocation:
        value = given.invented("token_type_hint") if hint == "invented" else hint
        return _revocation(given, send, fresh_token(given, kind), value)

    return given.observed(f"revocation of an {kind} with the hint {hint}", procedure)


def _revocation(given: Given, send: Send, token: ActiveToken, hint: str | None = None) -> Revocation:
    reply = send.revocation(token.value, token.tokens.client, token_type_hint=hint)
    return Revocation(token, reply, given.still_active(token), hint)


def best_revocation(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """What becomes of tokens of a kind: without a hint, or with the right one where only that ends them."""
    found = plain_revocation(given, send, kind)
    if found.ended or found.is_unsupported:
        return found
    second = hinted_revocation(given, send, kind, kind)
    return second if second.ended else found


def ordinary_revocation(given: Given, send: Send) -> Revocation:
    """A revocation that ended a token, of whichever kind; else one that was answered with success; else any."""
    found = list(_until_one_ended(given, send))
    return next((each for each in reversed(found) if each.ended or each.reply.is_served), found[0])


def _until_one_ended(given: Given, send: Send) -> Iterator[Revocation]:
    """At least one; raises why not even a token could be had."""
    problem: Exception | None = None
    none_yet = True
    for kind in KINDS:
        try:
            found = best_revocation(given, send, kind)
        except (Inconclusive, Vacuous, NotApplicable, Untested) as error:
            problem = problem or error
            continue
        none_yet = False
        yield found
        if found.ended:
            return
    if none_yet and problem is not None:
        raise problem


# Controls


def accepted_revocation(given: Given, send: Send) -> Revocation:
    """The positive control for what is refused: an ordinary request was answered with success."""
    found = ordinary_revocation(given, send)
    given.accepted(found.reply, "an ordinary revocation request")
    return found


def effective_revocation(given: Given, send: Send) -> Revocation:
    """The positive control for what becomes of tokens: an ordinary request ended one."""
    found = ordinary_revocation(given, send)
    if not found.ended:
        raise Inconclusive(f"positive control: an ordinary revocation request should end a token, but got {found}")
    return found


def revocable_kind(given: Given, send: Send) -> TokenKind:
    """The kind of token that ordinary requests are seen to end."""
    return effective_revocation(given, send).token.kind


def answered_revocation(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The positive control for answers about one kind of token: success, or that the server doesn't revoke it."""
    found = best_revocation(given, send, kind)
    if not objects_to_kind(given, send, found):
        given.accepted(found.reply, f"an ordinary request to revoke the {in_words(kind)}")
    return found


def settled_revocation(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The positive control for effects on one kind of token: it ended, if the server revokes that kind at all."""
    found = answered_revocation(given, send, kind)
    if found.reply.is_served and not found.ended:
        raise Inconclusive(f"positive control: an ordinary request should end the {in_words(kind)}, but got {found}")
    return found


def served_revocation(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """A revocation that was answered with success, whatever became of the token.

    Vacuous for access tokens where the server doesn't revoke them.
    """
    found = answered_revocation(given, send, kind)
    if not found.reply.is_served:
        raise Vacuous(f"the server doesn't revoke access tokens: it answers {found.reply}")
    return found


def revocation_of_kind(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The positive control for one kind of token: an ordinary request ended it. Vacuous as for `served_revocation`."""
    served_revocation(given, send, kind)
    return settled_revocation(given, send, kind)


def objects_to_kind(given: Given, send: Send, found: Revocation) -> bool:
    """Whether a server refused an access token as such: it says so, or takes the client's request for another token."""
    if found.ended or found.reply.is_served or found.reply.is_breakdown or found.token.kind != "access_token":
        return False
    client = found.token.tokens.client

    def procedure() -> Reply:
        with given.arranging():
            return send.revocation(given.invented("token"), client)

    return found.is_unsupported or given.observed("an invented token, where access tokens fail", procedure).is_success


def client_let_in(given: Given, send: Send, client: Client) -> Client:
    """The positive control for a client: its request to revoke a token of its own is answered with success."""

    def procedure() -> None:
        kind = accepted_revocation(given, send).token.kind
        token = value_of(fresh_tokens(given, kind, client), kind)
        given.revoked(token, client, **hint_that_works(given, send, kind))

    given.observed(f"revocation by {client.name} by {client.authentication[0]}", procedure)
    return client


def public_client_let_in(given: Given, send: Send) -> Client:
    """The same for the public client. Vacuous where it is refused, as another requirement says that it mustn't be."""
    client = given.client("public")

    def procedure() -> None:
        kind = accepted_revocation(given, send).token.kind
        token = value_of(fresh_tokens(given, kind, client), kind)
        reply = send.revocation(token, client, **hint_that_works(given, send, kind))
        if reply.is_refusal:
            raise Vacuous(f"the server revokes nothing for a public client: {reply}")
        given.accepted(reply, "a revocation by the token's own client")

    given.observed("revocation by a public client", procedure)
    return client


# Requests in the way that works


def hint_that_works(given: Given, send: Send, kind: TokenKind) -> dict[str, Any]:
    """What a request carries beside `token` for this server to act: nothing, as the RFC has it, or the right hint.

    That a server wrongly demands a hint is found by the test of that; the others go on with one.
    """
    accepted_revocation(given, send)
    return {"token_type_hint": kind} if best_revocation(given, send, kind).hint else {}


def revoke(given: Given, send: Send, token: ActiveToken, client: Client | None = None, **changes: Any) -> Reply:
    """A request for a token's revocation in the way that works, by its own client unless told."""
    own = {**hint_that_works(given, send, token.kind), **changes}
    return send.revocation(token.value, client or token.tokens.client, **own)


def revocation(
    given: Given, send: Send, token: ActiveToken, client: Client | None = None, **changes: Any
) -> Revocation:
    """A request for a token's revocation in the way that works, and what became of the token."""
    reply = revoke(given, send, token, client, **changes)
    return Revocation(token, reply, given.still_active(token))


def of_invented_token(given: Given, send: Send, **changes: Any) -> Reply:
    """A request by a good client for the revocation of a token that no server issued."""
    found = accepted_revocation(given, send)
    own = {**hint_that_works(given, send, found.token.kind), **changes}
    return send.revocation(given.invented("token"), found.token.tokens.client, **own)


def unknown_token(given: Given, send: Send) -> Reply:
    """The answer to a good client's request to revoke a token that no server issued."""
    return given.observed("revocation of an invented token", lambda: of_invented_token(given, send))
