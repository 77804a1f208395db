"""RFC 6749 section 8.4: defining new authorization endpoint response types."""

from __future__ import annotations

import pytest

from conformance.documents.rfc6749.extensions import approved_answer, ending_of, published_names, several_values
from conformance.harness import Expect, Given, Send, needs, requirement

MALFORMED = (("authorization_code", "code", "-"), ("authorization_code", "code", "!"), ("implicit", "token", "."))


@requirement("rfc6749-8.4-response-type-malformed-refused")
@pytest.mark.parametrize(
    ("grant", "response_type", "added"),
    [pytest.param(*row, marks=needs(row[0]), id=row[1] + row[2]) for row in MALFORMED],
)
def test_a_malformed_response_type_is_refused(
    given: Given, send: Send, expect: Expect, grant: str, response_type: str, added: str
) -> None:
    client = approved_answer(given, grant).request.client

    answer = send.authorize(client, response_type=response_type + added)

    expect(answer).is_refused()


@requirement("rfc6749-8.4-response-type-names-published")
def test_published_response_types_keep_to_the_syntax(given: Given, send: Send, expect: Expect) -> None:
    names = published_names(given, send, "response_types_supported")

    expect.syntax("response_type", names)


@requirement("rfc6749-8.4-response-type-order-irrelevant")
def test_the_order_of_values_does_not_matter(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("authorization_code" if given.claims("authorization_code") else "implicit")
    values = several_values(given, send)
    turned = " ".join(reversed(values.split()))
    # Harmless where it isn't known, demanded where an ID token is among the values.
    nonce = given.invented("nonce")

    one = send.authorize(client, response_type=values, nonce=nonce)
    other = send.authorize(client, response_type=turned, nonce=nonce)

    expect.that(not (one.reply.is_breakdown or other.reply.is_breakdown), "decided answers", f"{one} and {other}")
    expect.that(
        ending_of(one) == ending_of(other), "the same for either order", f"{ending_of(one)} and {ending_of(other)}"
    )
