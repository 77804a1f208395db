"""Asks what became of a token: effects over words.

A witness is a way to ask. For access tokens: introspection, token info and, where the profile says that it asks the
authorization server each time, the protected resource. For refresh tokens: introspection and refreshing itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from conformance.harness.exchange import Reply
from conformance.harness.outcomes import Inconclusive, Untested
from conformance.harness.tokens import Live, TokenKind, Tokens

if TYPE_CHECKING:
    from conformance.harness.session import Trial

POLL_INTERVAL = 0.2
# How introspection may wrongly speak of a token that isn't good: nobody would take it for active.
REFUSED_TOKEN = (400, 404)


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
    seen = tuple(witness for witness in candidates if witness == "refresh" or sees(witness))
    if "refresh" in seen and not _siblings_refresh(trial, tokens):
        seen = tuple(w for w in seen if w != "refresh")
    if not seen and problems:
        raise problems[0]
    if not seen:
        raise Inconclusive(f"a fresh {kind.replace('_', ' ')} is not seen active by {' or '.join(candidates)}")
    return Live(value, kind, tokens, seen)


def _siblings_refresh(trial: Trial, tokens: Tokens) -> bool:
    def procedure() -> bool:
        sibling = trial.given.tokens(tokens.grant, tokens.client)
        return sibling.refresh_token is not None and trial.send.refresh(sibling).is_success

    return trial.observed(f"refreshing works for {tokens.client.name} by {tokens.grant}", procedure)


def says_active(trial: Trial, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> bool:
    """Ask one witness about a token. Inconclusive when the answer is none (a server error)."""
    before, trial.phase = trial.phase, "effect" if trial.phase == "send" else trial.phase
    try:
        reply = _ask(trial, witness, value, kind, tokens)
    finally:
        trial.phase = before
    if reply.status >= 500:
        raise Inconclusive(f"{witness} answered {reply} when asked about a token")
    if witness == "introspection" and reply.status not in REFUSED_TOKEN:
        if not isinstance(reply.members.get("active"), bool):
            raise Inconclusive(f"introspection answered {reply} when asked about a token")
        return bool(reply.members["active"])
    return reply.is_success


def _ask(trial: Trial, witness: str, value: str, kind: TokenKind, tokens: Tokens) -> Reply:
    match witness:
        case "introspection":
            return trial.send.introspection(value, token_type_hint=kind)
        case "refresh":
            return trial.send.refresh(tokens)
        case _:
            return trial.send.resource(value, witness)


def last_active(trial: Trial, token: Live) -> tuple[str, ...]:
    """The witnesses that still see a token active once the declared revocation delay is over."""
    deadline = time.monotonic() + trial.target.limits.revocation_delay
    while True:
        still = tuple(w for w in token.witnesses if says_active(trial, w, token.value, token.kind, token.tokens))
        if not still or time.monotonic() >= deadline:
            return still
        time.sleep(POLL_INTERVAL)
