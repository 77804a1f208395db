"""RFC 7636 sections 4.2 and 7.2: the two transformations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import seen_granted
from conformance.procedures.pkce import (
    Pair,
    client_seen_to_exchange,
    expect_served,
    flow,
    longest_plain,
    of_text,
    plain_pair,
    readable_in,
    s256_pair,
    shortest_plain,
)

EITHER_CLIENT = pytest.mark.parametrize("name", ["main", "public"])


@requirement("rfc7636-4.2-plain-challenge-is-verifier")
@EITHER_CLIENT
def test_plain_takes_the_challenge_for_the_verifier(given: Given, send: Send, expect: Expect, name: str) -> None:
    expect_served(expect, flow(given, send, name, plain_pair))


@requirement("rfc7636-4.2-s256-challenge-is-hash")
def test_s256_hashes_the_text_of_the_verifier(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", of_text))


@requirement("rfc7636-4.2-s256-implemented")
@EITHER_CLIENT
def test_s256_is_served(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = flow(given, send, name)

    expect(found.answer).carries("code")


@requirement("rfc7636-4.2-challenge-grammar-served")
@pytest.mark.parametrize("make", [shortest_plain, longest_plain], ids=["shortest", "longest"])
def test_a_challenge_of_any_length_is_served(
    given: Given, send: Send, expect: Expect, make: Callable[[], Pair]
) -> None:
    expect_served(expect, flow(given, send, "main", make))


@requirement("rfc7636-7.2-unknown-verifier-ignored")
def test_a_server_without_pkce_ignores_it(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    expect_served(expect, flow(given, send, "main", s256_pair))


@requirement("rfc7636-7.2-plain-challenge-encrypted-in-code")
def test_nobody_reads_a_plain_challenge_in_the_code(given: Given, send: Send, expect: Expect) -> None:
    client_seen_to_exchange(given, send, "main", plain_pair)
    found = flow(given, send, "main", plain_pair)

    shown = readable_in(found.answer.get("code") or "", found.pair.challenge)
    expect.that(not shown, "a code that doesn't show the challenge", "the challenge in the code", breach="act")
