"""A code that was taken from one browser and brought into another one's flow."""

from __future__ import annotations

from dataclasses import replace

from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.pkce import client_seen_to_exchange, code_with, pkce_client, s256_pair
from conformance.wire.exchange import Reply


def injection_reply(given: Given, send: Send) -> Reply:
    """A code of one browser, presented with the verifier of another browser's flow, which is good there."""
    client = client_seen_to_exchange(given, send, "main")
    pair = s256_pair()
    answer = send.authorize(client, user_agent=given.user_agent(fresh=True), **pair.parameters)
    own = replace(given.code_in(answer), verifier=pair.verifier)
    stolen = code_with(given, pkce_client(given, "main"), s256_pair())
    reply = send.code_exchange(stolen, code_verifier=own.verifier)
    given.control(stolen, after=reply)
    return reply
