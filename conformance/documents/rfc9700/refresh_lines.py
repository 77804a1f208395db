"""Lines of refresh tokens, each of which replaced the one before; what becomes of them when one comes a second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.base.outcomes import Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.public_clients import refreshable_tokens
from conformance.procedures.refreshing import refreshable_of, successor
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

# Seconds that a test may wait for a time of grace to be over.
LONGEST_GRACE = 30.0
# So many refreshes go out in the same instant.
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Three refresh tokens of a public client: the first two were used, the last one wasn't."""

    first: Tokens
    second: Tokens
    newest: Tokens


def refreshed_twice(given: Given, send: Send, target: Target) -> list[str | None]:
    """A public client's refresh token, and what two refreshes, one after the other, gave in its place.

    The first of them keeps the old one where no new one came, the second gives None then. Untested where a certificate
    may bind them. Vacuous where a request without proof of a key gets no refresh token.
    """
    if target.client_certificate is not None:
        raise Untested("refresh tokens may be bound to the certificate of the connection, which isn't looked at")
    tokens = _refreshable(given)
    fresh = given.refreshed(tokens)
    last = given.issued(send.refresh(fresh), "a second refresh").members.get("refresh_token")
    return [tokens.refresh_token, fresh.refresh_token, last if isinstance(last, str) else None]


def used_for_less(given: Given, send: Send) -> Tokens:
    """A public client's refresh token that has brought a token for less than was granted.

    Vacuous where that isn't to be had, or where refresh tokens aren't replaced when all is asked for.
    """
    successor(given, send, _refreshable(given))
    tokens = _refreshable(given)
    names = (tokens.asked_scope or "").split()
    if len(names) < 2:
        raise Vacuous("the public client asks for no more than one scope")
    reply = send.refresh(tokens, scope=" ".join(names[:-1]))
    if not reply.members.get("access_token"):
        raise Vacuous(f"a refresh for less than was granted is refused: {reply}")
    return tokens


def _refreshable(given: Given) -> Tokens:
    if not given.claims("dpop"):
        return refreshable_tokens(given)
    with given.else_vacuous("without a proof of a key a public client gets no tokens"):
        return refreshable_tokens(given)


def refresh_line(given: Given, send: Send) -> Line:
    """A line of a public client; Vacuous where refresh tokens aren't replaced."""
    first = _refreshable(given)
    second = successor(given, send, first)
    return Line(first, second, successor(given, send, second))


def reply_to_replay(given: Given, send: Send, tokens: Tokens) -> Reply:
    """A used refresh token once more, after whatever time of grace the profile declares."""
    grace = given.limit("refresh_leeway")
    if grace > LONGEST_GRACE:
        raise Untested(f"this probe waits for {grace:g} seconds of grace, at most {LONGEST_GRACE:g} can be waited for")
    if grace:
        given.waited("a time of grace to be over", grace)
    return send.refresh(tokens)


def is_over(given: Given, send: Send, target: Target, used: str) -> Reply:
    """The refresh with the newest token, after the one before it or the one before that came a second time."""
    found = refresh_line(given, send)
    reply_to_replay(given, send, {"last": found.second, "first": found.first}[used])
    return send.refresh(found.newest)


def refreshed_at_once(given: Given, send: Send) -> list[Reply]:
    """Answers to several refreshes by one refresh token in the same instant; Vacuous where none is replaced."""
    newest = successor(given, send, _refreshable(given))
    own = {"grant_type": "refresh_token", **newest.client.token_parameters, "refresh_token": newest.refresh_token}
    pairs, headers = send.authenticated(own, newest.client, None, {})
    return send.together([send.form_request("token", pairs, headers)] * AT_ONCE)


def refreshes_in(replies: Sequence[Reply]) -> list[Reply]:
    """One answer for each refresh that was served: where the very same tokens come again, no token was used twice.

    Section 4.14.2 has a used token noticed when it comes again. Two requests in the same instant that share one answer
    leave one line of tokens, in which the next use of its token by the second of them raises the alarm.
    """
    refreshes = {
        (str(reply.members.get("access_token")), str(reply.members.get("refresh_token"))): reply
        for reply in reversed(replies)
        if reply.is_served
    }
    return list(refreshes.values())


def idle_refresh_tokens(given: Given, whose: str) -> Tokens:
    """A refresh token that nobody has used for the declared time; Untested where none is declared."""
    seconds = given.limit("refresh_idle_time")
    tokens = refreshable_of(given, whose)
    if tokens.refresh_token is None:
        raise Vacuous("no refresh token came")
    given.outlived(tokens.refresh_token, seconds)
    return tokens
