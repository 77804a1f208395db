"""Asks what became of a token: effects over words.

A witness is a way to ask. For access tokens: introspection, token info and, where the profile says that it asks the
authorization server each time, the protected resource. For refresh tokens: introspection and refreshing itself.
"""

from __future__ import annotations

import time

from conformance.base.outcomes import Inconclusive
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

SETTLING = "a revocation to take effect"
# How introspection may wrongly speak of a token that isn't good: nobody would take it for active.
REFUSED_TOKEN = (400, 404)
TOKEN_FAULTS = ("invalid_token", "invalid_grant")
# What introspection says of who asks, not of the token.
CALLER_FAULTS = ("invalid_client", "unauthorized_client", "access_denied", "insufficient_scope")


def possible_witnesses(target: Target, kind: TokenKind) -> tuple[str, ...]:
    """The ways that the profile offers to ask about a token."""
    may_ask = any(name in target.clients for name in ("introspecting", "confidential"))
    asks = ["introspection"] if may_ask and "introspection" in target.features else []
    if kind == "refresh_token":
        return (*asks, "refresh") if "refresh_token" in target.features else tuple(asks)
    if "token_info" in target.features:
        asks.append("token_info")
    if "protected_resource" in target.features and target.resource_checks_tokens:
        asks.append("protected_resource")
    return tuple(asks)


def says_active(send: Send, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> bool:
    """Ask one witness about a token. Inconclusive when the answer is none (a server error)."""
    recorder = send.recorder
    before, recorder.phase = recorder.phase, "effect" if recorder.phase == "send" else recorder.phase
    try:
        reply = _ask(send, witness, value, kind, tokens)
    finally:
        recorder.phase = before
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


def _ask(send: Send, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> Reply:
    match witness:
        case "introspection":
            return send.introspection(value, token_type_hint=kind)
        case "refresh":
            return send.refresh(tokens)
        case _:
            return send.resource(value, witness)


def witnesses_of(send: Send, token: ActiveToken) -> tuple[str, ...]:
    """The witnesses that see a token active. One that breaks down blocks nothing while another one answers."""
    answers: dict[str, bool] = {}
    problems: list[Inconclusive] = []
    for witness in token.witnesses:
        try:
            answers[witness] = says_active(send, witness, token.value, token.kind, token.tokens)
        except Inconclusive as problem:
            problems.append(problem)
    if problems and not answers:
        raise problems[0]
    return tuple(witness for witness, active in answers.items() if active)


def last_active(send: Send, token: ActiveToken) -> tuple[str, ...]:
    """The witnesses that still see a token active once the declared revocation delay is over."""
    deadline = time.monotonic() + send.recorder.target.limits.revocation_delay
    while True:
        still = witnesses_of(send, token)
        left = deadline - time.monotonic()
        if not still or left <= 0:
            return still
        send.recorder.session.pause(SETTLING, left)
