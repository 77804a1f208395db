"""Tokens that ended one way or another, and what introspection says of them afterwards."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.harness.effects import SETTLING
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.introspection import (
    Description,
    active_token_described,
    answer_about_unknown_token,
    ask,
    best_grant,
    clock_of,
    says_active,
    seen_active,
)
from conformance.procedures.introspection_members import number
from conformance.procedures.revocation import hint_that_works
from conformance.wire.exchange import Reply

Procedure = Callable[[Given, Send], Reply]
# Seconds after which a refresh token that ever expires has expired: ten years.
OLD = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Ended:
    """A token, and the answers about it before and after its end."""

    tokens: Tokens
    before: Reply
    after: Reply


def revoked_access_token(given: Given, send: Send) -> Ended:
    """An access token seen active, then revoked by its own client; a server may revoke refresh tokens alone."""
    given.feature("revocation")
    return given.observed("introspection of a revoked access token", lambda: revoked_now(given, send))


def revoked_now(given: Given, send: Send) -> Ended:
    """The same with a token of the test's own."""
    given.feature("revocation")
    tokens = given.tokens(best_grant(given))
    before = seen_active(ask(given, send, tokens.access_token))
    with given.arranging():
        revocation = send.revocation(tokens.access_token, tokens.client)
    if revocation.members.get("error") == "unsupported_token_type":
        raise Vacuous("the server doesn't revoke access tokens")
    given.accepted(revocation, "a revocation by the token's own client")
    return Ended(tokens, before, once_settled(given, lambda: ask(given, send, tokens.access_token)))


def expired_access_token(given: Given, send: Send) -> Ended:
    """An access token seen active, then past its lifetime."""

    def procedure() -> Ended:
        tokens = given.tokens(best_grant(given))
        before = seen_active(ask(given, send, tokens.access_token))
        given.outlived(tokens.access_token, lifetime(given, tokens))
        return Ended(tokens, before, ask(given, send, tokens.access_token))

    return given.observed("introspection of an expired access token", procedure)


def revoked_refresh_token(given: Given, send: Send) -> Ended:
    """A refresh token and the answers about it before and after its revocation.

    A server may keep refresh tokens to itself: the answer before may say that it is inactive.
    """

    def procedure() -> Ended:
        own = hint_that_works(given, send, "refresh_token")  # first: finding it out may end what was issued before
        tokens = given.refreshable()
        before = ask(given, send, tokens.refresh_token or "")
        given.revoked(tokens.refresh_token or "", tokens.client, **own)
        return Ended(tokens, before, once_settled(given, lambda: ask(given, send, tokens.refresh_token or "")))

    return given.observed("introspection of a revoked refresh token", procedure)


# Answers about tokens that are no longer good, or never were: each by a procedure of its own.
def unknown_jwt(given: Given, send: Send) -> Reply:
    """What an authorized caller is told of a JWT that no server issued, whose signature is made up."""

    def procedure() -> Reply:
        active_token_described(given, send)
        parts = ('{"alg":"RS256","typ":"JWT"}', f'{{"jti":"{given.invented("token")}"}}', given.invented("signature"))
        encoded = (base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
        return ask(given, send, ".".join(encoded))

    return given.observed("introspection of an invented JWT", procedure)


ENDS: Mapping[str, Procedure] = {
    "invented": answer_about_unknown_token,
    "invented-jwt": unknown_jwt,
    "revoked": lambda given, send: revoked_access_token(given, send).after,
    "expired": lambda given, send: expired_access_token(given, send).after,
}


def lifetime(given: Given, tokens: Tokens) -> float:
    """Seconds that an access token lives: as the token response said, or as the profile declares."""
    said = number(tokens.members.get("expires_in"))
    return given.limit("access_token_lifetime") if said is None else said


def once_settled(given: Given, look: Callable[[], Reply]) -> Reply:
    """The answer once the declared revocation delay is over, or as soon as it no longer says "active"."""
    deadline = time.monotonic() + given.limit("revocation_delay")
    while says_active(reply := look()) and time.monotonic() < deadline:
        given.paused(SETTLING, deadline - time.monotonic())
    return reply


def outlived_refresh_token(given: Given, send: Send) -> tuple[Reply, Reply]:
    """The introspection answer about a refresh token that is older than any lifetime, and the token endpoint's about
    using it. Vacuous where introspection keeps live refresh tokens to itself, or none ever expires.
    """

    def procedure() -> tuple[Reply, Reply]:
        tokens = given.refreshable()
        if not says_active(ask(given, send, tokens.refresh_token or "")):
            raise Vacuous("introspection tells of no refresh token that it is active")
        given.aged(tokens.refresh_token or "", OLD)
        answer, use = ask(given, send, tokens.refresh_token or ""), send.refresh(tokens)
        if use.is_served:
            raise Vacuous("refresh tokens don't expire here")
        return answer, deciding_reply(use, "the token endpoint")

    return given.observed("introspection of an old refresh token", procedure)


def rotated_refresh_token(given: Given, send: Send) -> tuple[Reply, Reply]:
    """The introspection answer about a refresh token that has been used, and the token endpoint's about using it again.

    In this order: a server may end the whole family when a used token shows up again.
    """

    def procedure() -> tuple[Reply, Reply]:
        tokens = given.refreshable()
        given.refreshed(tokens)
        return ask(given, send, tokens.refresh_token or ""), send.refresh(tokens)

    return given.observed("introspection of a used refresh token", procedure)


def access_token_after_refresh_token(given: Given, send: Send, witness: str) -> tuple[Reply, Reply]:
    """The answers of introspection and of a witness about an access token whose refresh token was revoked."""

    def procedure() -> tuple[Reply, Reply]:
        own = hint_that_works(given, send, "refresh_token")
        tokens = given.refreshable()
        seen_active(ask(given, send, tokens.access_token))
        with given.arranging():
            given.accepted(send.resource(tokens.access_token, witness), f"a fresh token at {witness}")
        given.revoked(tokens.refresh_token or "", tokens.client, **own)
        once_settled(given, lambda: ask(given, send, tokens.access_token))
        refused = send.resource(tokens.access_token, witness)
        return ask(given, send, tokens.access_token), deciding_reply(refused, witness)

    return given.observed(f"introspection and {witness} after a refresh token's revocation", procedure)


def nearly_expired(given: Given, send: Send) -> Description:
    """A live access token with a minute left, and what introspection says of it."""

    def procedure() -> Description:
        tokens = given.tokens(best_grant(given))
        issued = clock_of(tokens.reply)
        given.aged(tokens.access_token, lifetime(given, tokens) - 60)
        reply = seen_active(ask(given, send, tokens.access_token), "a token with a minute left")
        return Description(tokens, reply, issued, clock_of(reply))

    return given.observed("introspection of a nearly expired access token", procedure)


def expired_at_resource(given: Given, send: Send) -> Reply:
    """The protected resource's answer to a token that it took before, past the `exp` that introspection named."""

    def procedure() -> Reply:
        tokens = given.tokens(best_grant(given))
        given.accepted(send.resource(tokens.access_token, phase="given"), "a fresh token at the protected resource")
        if number(seen_active(ask(given, send, tokens.access_token)).members.get("exp")) is None:
            raise Vacuous("introspection names no `exp` here")
        given.outlived(tokens.access_token, lifetime(given, tokens))
        return send.resource(tokens.access_token)

    return given.observed("an expired access token at the protected resource", procedure)


def with_altered_end(token: str) -> str:
    """A token with another character in its signature; in the last quarter of one whose parts can't be told."""
    head, dot, signature = token.rpartition(".")
    at = len(signature) // 2 if dot else len(signature) * 3 // 4
    # Hexadecimal digits may be compared without case.
    other = "B" if signature[at : at + 1] in ("a", "A") else "A"
    return f"{head}{dot}{signature[:at]}{other}{signature[at + 1 :]}"


def without_end(token: str) -> str:
    """A token without its signature; without the last quarter where its parts can't be told."""
    head, dot, signature = token.rpartition(".")
    return head + dot if signature and dot else token[: len(token) * 3 // 4]


def deciding_reply(reply: Reply, witness: str) -> Reply:
    """A server error says nothing about a token."""
    if reply.is_breakdown:
        raise Inconclusive(f"{witness} answered {reply} when asked about a token")
    return reply
