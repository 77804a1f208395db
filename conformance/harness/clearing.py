"""The end of a run: the tokens that it was given are revoked, where the target lets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive, Untested
from conformance.harness.footprint import Issued
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.target import Target

# Unanswered or refused so often in a row, revoking is given up.
MOST_FAILURES = 5
STOPPED = "it was interrupted"


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many tokens were revoked, how many are left, and why; `why` is empty where none is left."""

    revoked: int = 0
    left: int = 0
    why: str = ""


def why_kept(target: Target) -> str:
    """Why a run can't revoke what it was given; empty where it can."""
    if "revocation" not in target.features:
        return "the profile doesn't claim revocation"
    return "the revocation endpoint isn't where the profile says" if "endpoints.revocation" in target.faults else ""


def revoke_all(session: Session, issued: Iterable[Issued]) -> Cleared:
    """Revoke every token that could still be good.

    Refresh tokens come first: where introspection shows that an access token of the same grant ends with one
    (RFC 7009 section 2.1), those others need no request of their own. Ctrl-C leaves the rest.
    """
    tokens = list(issued)
    why = why_kept(session.target)
    if why or not tokens:
        return Cleared(left=len(tokens), why=why if tokens else "")
    refresh = [each for each in tokens if each.kind == "refresh_token"]
    beside = [each for each in tokens if each.kind == "access_token" and each.is_refreshable]
    alone = [each for each in tokens if each.kind == "access_token" and not each.is_refreshable]
    first = _revoke(session, refresh)
    if first.why:
        return Cleared(first.revoked, len(tokens) - first.revoked, first.why)
    ended_too = bool(refresh) and bool(beside) and _is_dead(session, beside[-1])
    rest = _revoke(session, alone if ended_too else [*beside, *alone])
    revoked = first.revoked + rest.revoked + (len(beside) if ended_too else 0)
    return Cleared(revoked, len(tokens) - revoked, rest.why)


def _revoke(session: Session, tokens: Iterable[Issued]) -> Cleared:
    revoked, left, failures, why = 0, 0, 0, ""
    for each in tokens:
        why_not = _tried(session, each) if failures < MOST_FAILURES else why
        revoked += not why_not
        left += bool(why_not)
        failures = MOST_FAILURES if why_not == STOPPED else failures + 1 if why_not else 0
        why = why_not or why
    return Cleared(revoked, left, why)


def _tried(session: Session, issued: Issued) -> str:
    try:
        return _revoked(session, issued)
    except KeyboardInterrupt:
        return STOPPED


def _revoked(session: Session, issued: Issued) -> str:
    """Revoke one token; why that failed, empty where it didn't."""
    client = session.target.clients.get(issued.client)
    if client is None:
        return "it isn't known whose token it is"
    try:
        reply = Trial(session).send.revocation(issued.token, client, token_type_hint=issued.kind)
    except (Inconclusive, Untested) as error:
        return str(error)
    # A server may revoke refresh tokens alone (RFC 7009 section 2): then an access token ends with its lifetime.
    return "" if reply.is_success else f"the target answers {reply}"


def _is_dead(session: Session, issued: Issued) -> bool:
    """Whether introspection says that a token is no longer active."""
    if "introspection" not in session.target.features:
        return False
    try:
        return Trial(session).send.introspection(issued.token).members.get("active") is False
    except (Inconclusive, Untested):
        return False
