"""RFC 7636 sections 3 and 4.1: the verifier, and base64url."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.pkce import (
    expect_served,
    flow,
    in_both_alphabets,
    longest_pair,
    of_every_character,
    shortest_pair,
)


@requirement("rfc7636-3-challenge-base64url")
def test_a_challenge_with_hyphen_and_underscore_is_read(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", in_both_alphabets))


@requirement("rfc7636-4.1-unreserved-characters-served")
def test_every_unreserved_character_is_served(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", of_every_character))


@requirement("rfc7636-4.1-shortest-verifier-served")
def test_the_shortest_verifier_is_served(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", shortest_pair))


@requirement("rfc7636-4.1-longest-verifier-served")
def test_the_longest_verifier_is_served(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", longest_pair))
