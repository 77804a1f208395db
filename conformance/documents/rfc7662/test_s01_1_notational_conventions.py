"""RFC 7662 section 1.1: notational conventions."""

from __future__ import annotations

from conformance.base.outcomes import Vacuous
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.introspection import ask, expect_not_active, live_token, still_live


def in_opposite_case(token: str) -> str:
    """The token with the case of its letters turned; Vacuous to one without letters."""
    if token.swapcase() == token:
        raise Vacuous("the tokens of this server hold no letters")
    return token.swapcase()


@requirement("rfc7662-1.1-parameter-names-case-sensitive")
def test_a_parameter_of_another_case_is_not_token(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token=OMIT, TOKEN=token)
    still_live(given, send, token, reply)

    expect_not_active(expect, reply, "a parameter `TOKEN` not taken for `token`")


@requirement("rfc7662-1.1-token-values-case-sensitive")
def test_a_token_of_opposite_case_is_another_one(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, in_opposite_case(token))
    still_live(given, send, token, reply)

    expect_not_active(expect, reply, "the token's letters compared with their case")
