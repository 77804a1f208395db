"""RFC 7636 section 4.5: the verifier in the token request."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.pkce import (
    client_seen_to_exchange,
    expect_served,
    flow,
    redemption_reply,
    reply_without_verifier,
    s256_pair,
)

EITHER_CLIENT = pytest.mark.parametrize("name", ["main", "public"])


@requirement("rfc7636-4.5-verifier-taken")
@EITHER_CLIENT
def test_an_exchange_with_a_verifier_is_served(given: Given, send: Send, expect: Expect, name: str) -> None:
    expect_served(expect, flow(given, send, name))


@requirement("rfc7636-4.5-verifier-required")
@pytest.mark.parametrize(
    ("how", "name"), [("missing", "main"), ("empty", "main"), ("twice", "main"), ("missing", "public")]
)
def test_an_exchange_without_one_verifier_is_refused(
    given: Given, send: Send, expect: Expect, how: str, name: str
) -> None:
    reply = reply_without_verifier(given, send, how, name)

    expect(reply).is_refused()


@requirement("rfc7636-4.5-method-bound-to-code")
def test_a_stray_method_lets_no_challenge_pass(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "stray-method")

    expect(reply).is_refused()


@requirement("rfc7636-4.5-method-bound-to-code")
def test_a_stray_method_changes_nothing(given: Given, send: Send, expect: Expect) -> None:
    client_seen_to_exchange(given, send, "main")

    reply = redemption_reply(given, send, "main", s256_pair(), code_challenge_method="plain")

    expect(reply).issues_a_token()
