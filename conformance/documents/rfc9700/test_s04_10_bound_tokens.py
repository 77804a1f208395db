"""RFC 9700 section 4.10: sender-constrained access tokens."""

from __future__ import annotations

from conformance.documents.rfc9700.proofs import (
    bound_tokens,
    key_told,
    opened_with,
    opening_proof,
    refreshed_for_holder,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.profile.target import Target


@requirement("rfc9700-4.10.1-token-associated-with-key")
def test_a_token_asked_for_with_a_proof_is_bound(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_tokens(given, send, target)

    told = str(bound.reply.members.get("token_type"))
    expect.that(told.lower() == "dpop", "the token type DPoP", f"the token type {told}", at=bound.reply)


@requirement("rfc9700-4.10.1-token-associated-with-key")
@needs("introspection")
def test_introspection_names_the_key(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_tokens(given, send, target)

    told = key_told(given, send, bound.tokens)
    expect.that(told == {"jkt": bound.holder.thumbprint}, "cnf with the thumbprint of the key", told)


@requirement("rfc9700-4.10.1-token-associated-with-key")
@needs("introspection", "refresh_token")
def test_introspection_names_the_key_of_a_refreshed_token(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    bound = refreshed_for_holder(given, send, target)

    told = key_told(given, send, bound.tokens)
    expect.that(told == {"jkt": bound.holder.thumbprint}, "cnf with the thumbprint of the key", told)


@requirement("rfc9700-4.10.1-proof-not-replayed")
def test_a_proof_works_once(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_tokens(given, send, target)
    proof = opening_proof(send, target, bound)

    reply = opened_with(send, target, bound, proof)

    expect(reply).is_not_served()
