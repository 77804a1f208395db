"""RFC 7636 section 4.3: the challenge in the authorization request."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.pkce import (
    asked_with,
    client_seen_to_exchange,
    expect_served,
    flow,
    hashed_without_method,
    plain_by_default,
    redemption_reply,
    s256_pair,
)


@requirement("rfc7636-4.3-challenge-parameters-taken")
def test_a_request_with_a_challenge_is_served(given: Given, send: Send, expect: Expect) -> None:
    found = flow(given, send, "main")

    expect(found.answer).carries("code")


@requirement("rfc7636-4.3-repeated-challenge-refused")
def test_a_request_with_two_challenges_gets_no_code(given: Given, send: Send, expect: Expect) -> None:
    answer = asked_with(given, send, "main", code_challenge=[s256_pair().challenge, s256_pair().challenge])

    expect(answer).is_refused()


@requirement("rfc7636-4.3-method-optional")
def test_a_request_without_method_is_served(given: Given, send: Send, expect: Expect) -> None:
    found = flow(given, send, "main", plain_by_default)

    expect(found.answer).carries("code")


@requirement("rfc7636-4.3-method-defaults-to-plain")
def test_without_method_the_challenge_is_the_verifier(given: Given, send: Send, expect: Expect) -> None:
    expect_served(expect, flow(given, send, "main", plain_by_default))


@requirement("rfc7636-4.3-method-defaults-to-plain")
def test_without_method_no_hash_is_compared(given: Given, send: Send, expect: Expect) -> None:
    client_seen_to_exchange(given, send, "main", plain_by_default)

    reply = redemption_reply(given, send, "main", hashed_without_method())

    expect(reply).is_refused()


@requirement("rfc7636-4.3-method-names-exact")
@pytest.mark.parametrize("method", ["s256", pytest.param("PLAIN", marks=needs("pkce_plain"))])
def test_a_method_in_another_case_is_none(given: Given, send: Send, expect: Expect, method: str) -> None:
    answer = asked_with(given, send, "main", code_challenge_method=method)

    expect(answer).is_refused()
