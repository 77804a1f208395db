"""RFC 7009: requests to revoke a token, what is answered, and what becomes of the token.

A server need not revoke access tokens, and shows of a token what its profile's witnesses show. So whatever isn't about
one kind of token is tried with the kind that an ordinary request is seen to end; that is the positive control, too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Live, TokenKind, Tokens
from conformance.procedures.client_authentication import undecodably
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

    token: Live
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


def fresh(given: Given, kind: TokenKind, client: Client | None = None) -> Live:
    """A fresh token of a kind, seen active: by the cheapest grant whose tokens the profile's witnesses see."""
    if kind == "refresh_token":
        return given.live(given.refreshable(client), kind)
    *cheaper, dearest = _grants(given, client)
    for grant in cheaper:
        with contextlib.suppress(Inconclusive):
            return given.live(given.tokens(grant, client))
    return given.live(given.tokens(dearest, client))


def unseen(given: Given, kind: TokenKind, client: Client | None = None) -> Tokens:
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


def plain(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """A request with `token` alone, by the token's own client."""
    return given.observed(f"revocation of an {kind}", lambda: _revocation(given, send, fresh(given, kind)))


def hinted(given: Given, send: Send, kind: TokenKind, hint: str) -> Revocation:
    """The same with a `token_type_hint`; `invented` makes one up."""

    def procedure() -> Revocation:
        value = given.invented("token_type_hint") if hint == "invented" else hint
        return _revocation(given, send, fresh(given, kind), value)

    return given.observed(f"revocation of an {kind} with the hint {hint}", procedure)


def _revocation(given: Given, send: Send, token: Live, hint: str | None = None) -> Revocation:
    reply = send.revocation(token.value, token.tokens.client, token_type_hint=hint)
    return Revocation(token, reply, given.still_active(token), hint)


def best(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """What becomes of tokens of a kind: without a hint, or with the right one where only that ends them."""
    found = plain(given, send, kind)
    if found.ended or found.is_unsupported:
        return found
    second = hinted(given, send, kind, kind)
    return second if second.ended else found


def ordinary(given: Given, send: Send) -> Revocation:
    """A revocation that ended a token, of whichever kind; else one that was answered with success; else any."""
    found = list(_until_one_ended(given, send))
    return next((each for each in reversed(found) if each.ended or each.reply.is_served), found[0])


def _until_one_ended(given: Given, send: Send) -> Iterator[Revocation]:
    """At least one; raises why not even a token could be had."""
    problem: Exception | None = None
    none_yet = True
    for kind in KINDS:
        try:
            found = best(given, send, kind)
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


def let_through(given: Given, send: Send) -> Revocation:
    """The positive control for what is refused: an ordinary request was answered with success."""
    found = ordinary(given, send)
    given.accepted(found.reply, "an ordinary revocation request")
    return found


def working(given: Given, send: Send) -> Revocation:
    """The positive control for what becomes of tokens: an ordinary request ended one."""
    found = ordinary(given, send)
    if not found.ended:
        raise Inconclusive(f"positive control: an ordinary revocation request should end a token, but got {found}")
    return found


def usual(given: Given, send: Send) -> TokenKind:
    """The kind of token that ordinary requests are seen to end."""
    return working(given, send).token.kind


def answered(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The positive control for answers about one kind of token: success, or that the server doesn't revoke it."""
    found = best(given, send, kind)
    if not objects_to_kind(given, send, found):
        given.accepted(found.reply, f"an ordinary request to revoke the {in_words(kind)}")
    return found


def settled(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The same with the effect: the token ended, if the server revokes that kind at all."""
    found = answered(given, send, kind)
    if found.reply.is_served and not found.ended:
        raise Inconclusive(f"positive control: an ordinary request should end the {in_words(kind)}, but got {found}")
    return found


def taken(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """A revocation that was answered with success, whatever became of the token.

    Vacuous for access tokens where the server doesn't revoke them.
    """
    found = answered(given, send, kind)
    if not found.reply.is_served:
        raise Vacuous(f"the server doesn't revoke access tokens: it answers {found.reply}")
    return found


def revocable(given: Given, send: Send, kind: TokenKind) -> Revocation:
    """The positive control for one kind of token: an ordinary request ended it. Vacuous as for `taken`."""
    taken(given, send, kind)
    return settled(given, send, kind)


def objects_to_kind(given: Given, send: Send, found: Revocation) -> bool:
    """Whether a server refused an access token as such: it says so, or takes the client's request for another token."""
    if found.ended or found.reply.is_served or found.reply.is_breakdown or found.token.kind != "access_token":
        return False
    client = found.token.tokens.client

    def procedure() -> Reply:
        with given.arranging():
            return send.revocation(given.invented("token"), client)

    return found.is_unsupported or given.observed("an invented token, where access tokens fail", procedure).is_success


def let_in(given: Given, send: Send, client: Client) -> Client:
    """The positive control for a client: its request to revoke a token of its own is answered with success."""

    def procedure() -> None:
        kind = let_through(given, send).token.kind
        token = value_of(unseen(given, kind, client), kind)
        given.revoked(token, client, **way(given, send, kind))

    given.observed(f"revocation by {client.name} by {client.authentication[0]}", procedure)
    return client


# Requests in the way that works


def way(given: Given, send: Send, kind: TokenKind) -> dict[str, Any]:
    """What a request carries beside `token` for this server to act: nothing, as the RFC has it, or the right hint.

    That a server wrongly demands a hint is found by the test of that; the others go on with one.
    """
    let_through(given, send)
    return {"token_type_hint": kind} if best(given, send, kind).hint else {}


def revoke(given: Given, send: Send, token: Live, client: Client | None = None, **changes: Any) -> Reply:
    """A request for a token's revocation in the way that works, by its own client unless told."""
    own = {**way(given, send, token.kind), **changes}
    return send.revocation(token.value, client or token.tokens.client, **own)


def revocation(given: Given, send: Send, token: Live, client: Client | None = None, **changes: Any) -> Revocation:
    """Such a request, and what became of the token."""
    reply = revoke(given, send, token, client, **changes)
    return Revocation(token, reply, given.still_active(token))


def of_invented_token(given: Given, send: Send, **changes: Any) -> Reply:
    """A request by a good client for the revocation of a token that no server issued."""
    found = let_through(given, send)
    own = {**way(given, send, found.token.kind), **changes}
    return send.revocation(given.invented("token"), found.token.tokens.client, **own)


def unknown_token(given: Given, send: Send) -> Reply:
    """The answer to such a request."""
    return given.observed("revocation of an invented token", lambda: of_invented_token(given, send))


def by_other(
    given: Given, send: Send, kind: TokenKind, of: str = "confidential", hint: TokenKind | None = None
) -> Revocation:
    """A request of `[clients.other]` for the revocation of a token of `[clients.confidential]`, unless told."""
    taken(given, send, kind)

    def procedure() -> Revocation:
        other = let_in(given, send, given.other_client())
        token = fresh(given, kind, given.client(of))
        own: dict[str, Any] = {} if hint is None else {"token_type_hint": hint}
        reply = revoke(given, send, token, other, **own)
        # Asked at once: a server may end tokens when it issues others.
        return Revocation(token, reply, given.still_active(token, settled=False))

    return given.observed(f"revocation of an {kind} of {of} by another client, hint {hint}", procedure)


# Requests that no server may grant


def wrong_secret(given: Given, client: Client) -> Client:
    """The client with a secret that nobody gave it."""
    return replace(client, client_secret=given.invented("client_secret"))


def unknown_client(given: Given, client: Client) -> Client:
    """A client that doesn't exist, with credentials like those of a client that does."""
    secret = None if client.client_secret is None else given.invented("client_secret")
    return replace(client, client_id=given.invented("client_id"), client_secret=secret)


def with_secret(given: Given, send: Send) -> Client:
    """The main client with a secret, seen to revoke a token of its own."""
    return let_in(given, send, given.client_with_secret())


def in_someone_elses_name(given: Given, send: Send, appearing: Appearing) -> Reply:
    """A request with bad credentials in the Authorization header, for the revocation of a real token.

    Vacuous where it was taken all the same, as for `refusal`.
    """
    client = with_secret(given, send)
    kind = let_through(given, send).token.kind
    token = value_of(unseen(given, kind, client), kind)
    bad, own = appearing(given, client), way(given, send, kind)
    return _refused(send.revocation(token, bad, authentication="client_secret_basic", **own), "bad credentials")


def with_undecodable_credentials(given: Given, send: Send, how: str) -> Reply:
    """A request with credentials in the header in which no name can be found; Vacuous where it was taken."""
    return _refused(of_invented_token(given, send, **undecodably(how)), f"{how} in Basic")


def _missing_token(given: Given, send: Send) -> Reply:
    return of_invented_token(given, send, token=None)


def _wrong_secret(given: Given, send: Send) -> Reply:
    client = with_secret(given, send)
    kind = let_through(given, send).token.kind
    token = value_of(unseen(given, kind, client), kind)
    return send.revocation(token, wrong_secret(given, client), **way(given, send, kind))


def _unknown_client(given: Given, send: Send) -> Reply:
    found = let_through(given, send)
    kind, client = found.token.kind, found.token.tokens.client
    token = value_of(unseen(given, kind, client), kind)
    return send.revocation(token, unknown_client(given, client), **way(given, send, kind))


def _foreign_token(given: Given, send: Send) -> Reply:
    return by_other(given, send, let_through(given, send).token.kind).reply


FAULTS = {
    "missing token": _missing_token,
    "wrong secret": _wrong_secret,
    "unknown client": _unknown_client,
    "foreign token": _foreign_token,
}


def by_each_fault(*faults: str) -> pytest.MarkDecorator:
    """Run a test once for each kind of faulty request: all unless told."""
    needs = {"wrong secret": [pytest.mark.needs("client_password")]}
    return pytest.mark.parametrize(
        "fault",
        [pytest.param(each, marks=needs.get(each, []), id=each.replace(" ", "-")) for each in faults or FAULTS],
    )


def faulty(given: Given, send: Send, fault: str) -> Reply:
    """The answer to a request with one fault."""
    return given.observed(f"revocation with {fault}", lambda: FAULTS[fault](given, send))


def refusal(given: Given, send: Send, fault: str) -> Reply:
    """The same for judging what errors look like; Vacuous where the request was taken all the same."""
    return _refused(faulty(given, send, fault), fault)


def _refused(reply: Reply, fault: str) -> Reply:
    if reply.is_served:
        raise Vacuous(f"a request with {fault} is not refused: there is no error to judge")
    return reply
