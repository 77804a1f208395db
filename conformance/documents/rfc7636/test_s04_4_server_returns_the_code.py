"""RFC 7636 section 4.4: the server returns the code."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.pkce import client_seen_to_exchange, flow, readable_in, with_verifier_of_parallel_flow


@requirement("rfc7636-4.4-challenge-bound-to-code")
def test_the_verifier_of_a_parallel_flow_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = with_verifier_of_parallel_flow(given, send)

    expect(reply).is_refused()


@requirement("rfc7636-4.4-challenge-not-readable")
def test_what_comes_with_the_code_hides_the_challenge(given: Given, send: Send, expect: Expect) -> None:
    client_seen_to_exchange(given, send, "main")
    found = flow(given, send, "main")

    told = [value for _, value in (*found.answer.query, *found.answer.fragment)]
    shown = any(readable_in(text, found.pair.challenge) for text in told)
    expect.that(not shown, "an answer that hides the challenge", found.answer, breach="act")
