"""RFC 9700 section 2.1.1: authorization code grant."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.pkce_support import (
    METHODS,
    downgrade_result,
    expect_refused,
    metadata_reply,
    methods_told,
    standard_metadata,
)
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.harness.send import Change
from conformance.procedures.pkce import expect_served, flow, reply_without_verifier
from conformance.profile.target import Target

EITHER_CLIENT = pytest.mark.parametrize("name", ["main", "public"])


@requirement("rfc9700-2.1.1-pkce-supported")
@EITHER_CLIENT
def test_the_right_verifier_is_served(given: Given, send: Send, expect: Expect, name: str) -> None:
    expect_served(expect, flow(given, send, name))


@requirement("rfc9700-2.1.1-pkce-supported")
@EITHER_CLIENT
def test_a_wrong_verifier_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    reply = reply_without_verifier(given, send, "another", name)

    expect(reply).is_refused()


@requirement("rfc9700-2.1.1-verifier-enforced")
@pytest.mark.parametrize("how", ["missing", "empty", "challenge-itself", "truncated"])
@EITHER_CLIENT
def test_nothing_but_the_verifier_is_served(given: Given, send: Send, expect: Expect, how: str, name: str) -> None:
    reply = reply_without_verifier(given, send, how, name)

    expect(reply).is_refused()


@requirement("rfc9700-2.1.1-verifier-without-challenge-refused")
@pytest.mark.parametrize("challenge", [pytest.param(OMIT, id="no challenge"), pytest.param("", id="an empty one")])
@EITHER_CLIENT
def test_a_verifier_without_challenge_is_refused(
    given: Given, send: Send, expect: Expect, challenge: Change, name: str
) -> None:
    expect_refused(expect, downgrade_result(given, send, name, challenge))


@requirement("rfc9700-2.1.1-pkce-support-detectable")
def test_support_can_be_found_out(given: Given, send: Send, expect: Expect, target: Target) -> None:
    told = methods_told(given, send, target)

    expect.that("S256" in told, "S256 among the challenge methods of the metadata", ", ".join(told) or "no methods")


@requirement("rfc9700-2.1.1-challenge-methods-published")
def test_the_metadata_lists_challenge_methods(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = metadata_reply(standard_metadata(given, send, target))

    expect(reply).has_member(METHODS, list)


@requirement("rfc9700-2.1.1-pkce-support-told-otherwise")
def test_another_way_to_tell_is_noted(given: Given, target: Target) -> None:
    given.note(f"told otherwise: {target.pkce_told or 'nowhere, as far as the profile says'}")
