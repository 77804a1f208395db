"""RFC 9700 section 4.8: PKCE downgrade attack."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.challenges import of_required, with_challenge_at_exchange
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.harness.send import Change
from conformance.profile.target import Target


@requirement("rfc9700-4.8.2-challenge-bound-to-code")
@pytest.mark.parametrize("name", ["main", "public"])
def test_a_challenge_of_the_token_request_is_none(given: Given, send: Send, expect: Expect, name: str) -> None:
    reply = with_challenge_at_exchange(given, send, name)

    expect(reply).is_refused()


@requirement("rfc9700-4.8.2-required-challenge-enforced")
@pytest.mark.parametrize("challenge", [pytest.param(OMIT, id="no challenge"), pytest.param("", id="an empty one")])
def test_without_the_required_challenge_no_code_comes(
    given: Given, send: Send, expect: Expect, target: Target, challenge: Change
) -> None:
    client = of_required(given, send, target)

    answer = send.authorize(client, code_challenge=challenge, code_challenge_method=OMIT)

    expect(answer).grants_nothing()
