"""Asks what became of a token: effects over words.

A witness is a way to ask. For access tokens: introspection, token info and, where the profile says that it asks the
authorization server each time, the protected resource. For refresh tokens: introspection and refreshing itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive, Stale, Untested
from conformance.harness.tokens import Live, TokenKind, Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.harness.session import Trial

SETTLING = "a revocation to take effect"
# How introspection may wrongly speak of a token that isn't good: nobody would take it for active.
REFUSED_TOKEN = (400, 404)
TOKEN_FAULTS = ("invalid_token", "invalid_grant")
# What introspection says of who asks, not of the token.
CALLER_FAULTS = ("invalid_client", "unauthorized_client", "access_denied", "insufficient_scope")


def possible_witnesses(trial: Trial, kind: TokenKind, grant: str) -> tuple[str, ...]:
    """The ways that the profile offers to ask about a token."""
    target = trial.target
    may_ask = any(name in target.clients for name in ("introspecting", "confidential"))
    asks = ["introspection"] if may_ask and "introspection" in target.features else []
    if kind == "refresh_token":
        return (*asks, "refresh") if "refresh_token" in target.features else tuple(asks)
    if "token_info" in target.features:
        asks.append("token_info")
    if "protected_resource" in target.features and target.resource_checks_tokens:
        asks.append("protected_resource")
    return tuple(asks)


def live(trial: Trial, tokens: Tokens, kind: TokenKind) -> Live:
    """A token with the witnesses that see it active now. Inconclusive when none does, Untested when there is none."""
    value = tokens.access_token if kind == "access_token" else tokens.refresh_token
    if value is None:
        raise Inconclusive("no refresh token came with the access token")
    candidates = possible_witnesses(trial, kind, tokens.grant)
    if not candidates:
        raise Untested(
            "the profile offers no way to ask whether a token is active: claim introspection or token_info, "
            "or set `resource_checks_tokens = true`"
        )
    problems: list[Inconclusive] = []

    def sees(witness: str) -> bool:
        try:
            return says_active(trial, witness, value, kind, tokens)
        except Inconclusive as problem:  # the others may do: one that refuses to answer blocks nothing
            problems.append(problem)
            return False

    # Refreshing would use the token up: that refresh tokens of this client work is shown on a sibling.
    siblings_refresh = "refresh" in candidates and _seen_to_refresh_before(trial, tokens)
    seen = tuple(each for each in candidates if (siblings_refresh if each == "refresh" else sees(each)))
    if not seen and problems:
        raise problems[0]
    if not seen:
        raise Inconclusive(f"a fresh {kind.replace('_', ' ')} is not seen active by {' or '.join(candidates)}")
    return Live(value, kind, tokens, seen)


def _seen_to_refresh_before(trial: Trial, tokens: Tokens) -> bool:
    """Whether siblings refresh. Stale where that is seen only now: the sibling may have ended the token."""
    known = _key(tokens.client, tokens.grant) in trial.session.observations
    works = siblings_refresh(trial, tokens.client, tokens.grant)
    if not known and not trial.is_second:
        raise Stale("another refresh token was issued after the one that is judged, and may have ended it")
    return works


def siblings_refresh(trial: Trial, client: Client, grant: str) -> bool:
    """Whether refresh tokens that a client gets by a grant are good for refreshing: seen once, before others come."""

    def procedure() -> bool:
        sibling = trial.given.tokens(grant, client)
        return sibling.refresh_token is not None and bool(trial.send.refresh(sibling).members.get("access_token"))

    return trial.observed(_key(client, grant), procedure)


def _key(client: Client, grant: str) -> str:
    return f"refreshing works for {client.name} by {grant}"


def says_active(trial: Trial, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> bool:
    """Ask one witness about a token. Inconclusive when the answer is none (a server error)."""
    before, trial.phase = trial.phase, "effect" if trial.phase == "send" else trial.phase
    try:
        reply = _ask(trial, witness, value, kind, tokens)
    finally:
        trial.phase = before
    # Alive is what the answer says, never its status alone.
    if reply.is_breakdown:
        raise Inconclusive(f"{witness} answered {reply} when asked about a token")
    match witness:
        case "introspection":
            return _introspected(reply)
        case "refresh":
            return bool(reply.members.get("access_token"))
        case _:
            return reply.is_served


def _introspected(reply: Reply) -> bool:
    """What an introspection answer says of the token; Inconclusive where it speaks of the caller."""
    active = reply.members.get("active")
    if isinstance(active, bool):
        return active
    if reply.fault in TOKEN_FAULTS or (reply.status in REFUSED_TOKEN and reply.fault not in CALLER_FAULTS):
        return False
    raise Inconclusive(f"introspection answered {reply} when asked about a token")


def _ask(trial: Trial, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> Reply:
    match witness:
        case "introspection":
            return trial.send.introspection(value, token_type_hint=kind)
        case "refresh":
            return trial.send.refresh(tokens)
        case _:
            return trial.send.resource(value, witness)


def witnesses_of(trial: Trial, token: Live) -> tuple[str, ...]:
    """The witnesses that see a token active. One that breaks down blocks nothing while another one answers."""
    answers: dict[str, bool] = {}
    problems: list[Inconclusive] = []
    for witness in token.witnesses:
        try:
            answers[witness] = says_active(trial, witness, token.value, token.kind, token.tokens)
        except Inconclusive as problem:
            problems.append(problem)
    if problems and not answers:
        raise problems[0]
    return tuple(witness for witness, active in answers.items() if active)


def last_active(trial: Trial, token: Live) -> tuple[str, ...]:
    """The witnesses that still see a token active once the declared revocation delay is over."""
    deadline = time.monotonic() + trial.target.limits.revocation_delay
    while True:
        still = witnesses_of(trial, token)
        left = deadline - time.monotonic()
        if not still or left <= 0:
            return still
        trial.session.pause(SETTLING, left)
