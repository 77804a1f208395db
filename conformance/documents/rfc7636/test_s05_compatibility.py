"""RFC 7636 section 5: compatibility."""

from __future__ import annotations

from conformance.base.outcomes import Vacuous
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.pkce import Flow, without_pkce
from conformance.wire.exchange import Reply


def redeemed_in(found: Flow) -> Reply:
    """The exchange of a flow. Vacuous where no code came."""
    if found.reply is None:
        raise Vacuous(f"the server issues no code without a challenge: {found.answer}")
    return found.reply


@requirement("rfc7636-5-clients-without-extension")
def test_clients_may_do_without(given: Given, send: Send) -> None:
    answer = without_pkce(given, send).answer

    given.note(f"the main client without a challenge: {'a code' if answer.get('code') else answer}")


@requirement("rfc7636-5-no-challenge-no-verifier")
def test_a_code_without_challenge_needs_no_verifier(given: Given, send: Send, expect: Expect) -> None:
    found = without_pkce(given, send)

    expect(redeemed_in(found)).issues_a_token()
