"""Challenges that come too late, and clients that can't do without one."""

from __future__ import annotations

from conformance.base.outcomes import Untested
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.procedures.pkce import client_seen_to_exchange, code_with, pkce_client, s256_pair
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply


def with_challenge_at_exchange(given: Given, send: Send, name: str) -> Reply:
    """A code presented with a verifier of the sender's own, and the challenge that fits it beside."""
    client = pkce_client(given, name)
    client_seen_to_exchange(given, send, name)
    code, own = code_with(given, client, s256_pair()), s256_pair()
    reply = send.code_exchange(code, code_verifier=own.verifier, **own.parameters)
    given.control(code, after=reply)
    return reply


def of_required(given: Given, send: Send, target: Target) -> Client:
    """A client of which PKCE is required, seen to be served with it; Untested where the profile declares none."""
    for client in target.clients.values():
        if client.declared.get("pkce_required") and client.may_use("authorization_code") and not client.is_guessed_at:
            return seen_exchanged(given, client)
    raise Untested("the profile requires PKCE of no client: set `pkce_required = true` where the server does")
