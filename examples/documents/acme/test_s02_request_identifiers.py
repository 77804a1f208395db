"""Acme's OAuth contract, section 2: request identifiers."""

from conformance.harness import Expect, Given, Send, requirement


@requirement("acme-2-request-id")
def test_a_token_response_names_its_request(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()

    reply = given.issued(send.code_exchange(code), "an ordinary code exchange")

    expect.that(bool(reply.header("X-Request-Id")), "an X-Request-Id header", "none", at=reply)
