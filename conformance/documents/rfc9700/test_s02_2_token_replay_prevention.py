"""RFC 9700 section 2.2: token replay prevention."""

from __future__ import annotations

from conformance.documents.rfc9700.proofs import (
    bound_refreshable,
    bound_tokens,
    opened_with,
    opening_proof,
    refreshable_by_holder,
    refreshed_by,
    refreshed_for_holder,
    taken_by_post,
    without_proof,
)
from conformance.documents.rfc9700.refresh_lines import refreshed_twice
from conformance.documents.rfc9700.sender_constraint import binding_in_words
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.refreshing import another_client, refreshable_with_secret
from conformance.profile.target import Target


@requirement("rfc9700-2.2.1-proof-demanded")
def test_a_bound_token_without_proof_opens_nothing(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_tokens(given, send, target)
    opening_proof(send, target, bound)

    reply = opened_with(send, target, bound, None)

    expect(reply).is_not_served()


@requirement("rfc9700-2.2.1-proof-demanded")
def test_a_bound_token_without_proof_opens_nothing_by_post(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    bound = bound_tokens(given, send, target)
    taken_by_post(send, target, bound)

    reply = opened_with(send, target, bound, None, "POST")

    expect(reply).is_not_served()


@requirement("rfc9700-2.2.1-proof-demanded")
def test_a_bound_token_opens_nothing_for_others(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_tokens(given, send, target)
    opening_proof(send, target, bound)
    thief = without_proof(bound).holder
    proof = thief.proof("GET", target.url("protected_resource"), bound.tokens.access_token)

    reply = opened_with(send, target, bound, proof)

    expect(reply).is_not_served()


@requirement("rfc9700-2.2.1-proof-demanded")
@needs("refresh_token")
def test_a_refreshed_token_without_proof_opens_nothing(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    bound = refreshed_for_holder(given, send, target)

    reply = opened_with(send, target, bound, None)

    expect(reply).is_not_served()


@requirement("rfc9700-2.2.1-access-tokens-sender-constrained")
def test_access_tokens_can_be_bound(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = binding_in_words(given, send, target)

    given.note(f"bound by: {found}")
    expect.that(bool(found), "access tokens that can be bound to their sender", "bearer tokens alone")


@requirement("rfc9700-2.2.2-public-refresh-token-guarded")
def test_a_public_refresh_token_is_replaced(given: Given, send: Send, expect: Expect, target: Target) -> None:
    old, new, last = refreshed_twice(given, send, target)

    replaced = new is not None and last is not None and old != new != last
    expect.that(replaced, "a refresh token in place of the one that was used, each time", "an old one goes on")


@requirement("rfc9700-2.2.2-public-refresh-token-guarded")
@needs("dpop")
def test_a_bound_refresh_token_is_of_no_use_to_others(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_refreshable(given, send, target)

    reply = refreshed_by(send, target, bound, without_proof(bound).holder)

    expect(reply).is_not_served()
    refreshable_by_holder(given, send, target, bound)


@requirement("rfc9700-2.2.2-refresh-token-bound-to-client")
def test_a_refresh_token_is_good_for_its_client_alone(given: Given, send: Send, expect: Expect) -> None:
    other = another_client(given, send, "other")
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens, after=reply)
