"""RFC 6749 appendix A.14: "expires_in" syntax."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import values
from conformance.procedures.implicit_answers import granted_answer
from conformance.procedures.token_responses import by_each_grant, parameters, token_response


@requirement("rfc6749-A.14-expires-in-digits")
@by_each_grant()
def test_a_lifetime_is_written_in_digits(given: Given, send: Send, expect: Expect, grant: str) -> None:
    told = parameters(token_response(given, send, grant))

    expect.syntax("expires_in", [str(value) for name, value in told.items() if name == "expires_in"])


@requirement("rfc6749-A.14-implicit-expires-in-digits")
def test_a_lifetime_in_a_fragment_is_written_in_digits(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.syntax("expires_in", values(answer, "expires_in"))
