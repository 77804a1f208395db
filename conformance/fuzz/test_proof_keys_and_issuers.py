"""Any verifier of the grammar is served and no other one is, and no issuer that isn't there is answered like one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from conformance.fuzz.engine import for_any
from conformance.fuzz.strategies import dense_texts
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.metadata import document, inserted_location
from conformance.procedures.pkce import (
    LONGEST,
    SHORTEST,
    UNRESERVED,
    Pair,
    client_seen_to_exchange,
    pkce_client,
    plain_pair,
    redemption_reply,
    s256_pair,
)
from conformance.profile.target import Target

# What may stand in a path as it is, and what servers, proxies and frameworks take for more than that.
PATH_CHARACTERS = "abcXYZ019-._~!$&'()*+,;=:@/"
verifiers = dense_texts(UNRESERVED, SHORTEST, LONGEST)
paths = st.one_of(
    dense_texts(PATH_CHARACTERS, 1, 30), st.sampled_from([".well-known", "%2e%2e", "%00", "tenant%2Fone"])
)


def expect_redeemed(given: Given, send: Send, expect: Expect, pair: Pair) -> None:
    """A code is issued for the challenge, and the verifier redeems it."""
    answer = send.authorize(pkce_client(given, "main"), **pair.parameters)
    expect(answer).carries("code")
    reply = send.code_exchange(replace(given.code_in(answer), verifier=pair.verifier))
    expect(reply).issues_a_token()


@requirement("rfc7636-4.1-unreserved-characters-served")
@for_any(cost=3, verifier=verifiers)
def test_any_verifier_of_the_grammar_is_served(given: Given, send: Send, expect: Expect, verifier: str) -> None:
    client_seen_to_exchange(given, send, "main")

    expect_redeemed(given, send, expect, s256_pair(verifier))


@requirement("rfc7636-4.2-challenge-grammar-served")
@for_any(cost=3, challenge=verifiers)
def test_any_challenge_of_the_grammar_is_served(given: Given, send: Send, expect: Expect, challenge: str) -> None:
    client_seen_to_exchange(given, send, "main", plain_pair)

    expect_redeemed(given, send, expect, plain_pair(challenge))


@requirement("rfc7636-4.6-verifier-verified")
@for_any(cost=3, verifier=st.one_of(verifiers, dense_texts(UNRESERVED, 0, SHORTEST)))
def test_no_verifier_fits_by_chance(given: Given, send: Send, expect: Expect, verifier: str) -> None:
    client_seen_to_exchange(given, send, "main")

    reply = redemption_reply(given, send, "main", s256_pair(), code_verifier=verifier)

    expect(reply).issues_nothing()


@requirement("rfc8414-3.2-error-status")
@for_any(path=paths)
def test_any_issuer_that_is_not_there_is_no_success(
    given: Given, send: Send, expect: Expect, target: Target, path: str
) -> None:
    document(given, send, target)

    reply = send.raw("GET", inserted_location(target, f"{given.issuer().removesuffix('/')}/{path.lstrip('/')}"))

    expect.that(not (reply.status == 200 and "error" in reply.members), "a status other than 200", reply)
