"""RFC 6749 section 3.1.1: response type."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import granted_credentials, ordinary_request
from conformance.procedures.redirects import landed_at


@requirement("rfc6749-3.1.1-response-type-required")
def test_a_request_without_response_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=OMIT)

    expect(answer).is_refused()


@requirement("rfc6749-3.1.1-code-asks-for-code")
def test_code_brings_a_code_alone(given: Given, send: Send, expect: Expect) -> None:
    answer = given.approval(None, "code")

    expect(answer).carries("code")
    expect.that(answer.get("access_token") is None, "no access token beside the code", answer, breach="act")


@requirement("rfc6749-3.1.1-token-asks-for-token")
def test_token_brings_a_token_alone(given: Given, send: Send, expect: Expect) -> None:
    answer = given.approval(None, "token")

    expect(answer).carries("access_token")
    expect.that(answer.get("code") is None, "no code beside the access token", answer, breach="act")


@requirement("rfc6749-3.1.1-invented-value-refused")
def test_an_invented_response_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=given.invented("response_type"))

    expect(answer).is_refused()


@requirement("rfc6749-3.1.1-composite-order-irrelevant")
@pytest.mark.parametrize(
    ("first", "second"), [("code token", "token code"), ("code id_token", "id_token code")], ids=["token", "id_token"]
)
def test_the_order_of_a_composite_does_not_matter(
    given: Given, send: Send, expect: Expect, first: str, second: str
) -> None:
    request = ordinary_request(given, send)
    one_way = request.changed(response_type=first)

    other_way = request.changed(response_type=second)

    expect.that(
        granted_credentials(one_way) == granted_credentials(other_way),
        f"the same as for {first!r}: {one_way}",
        other_way,
    )


@requirement("rfc6749-3.1.1-missing-type-answered-by-error")
def test_the_client_is_told_of_a_missing_response_type(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=OMIT)

    expect(answer).is_an_error()
    expect.that(
        landed_at(answer, request.client.redirect_uris[:1]) is not None,
        "the error at the client",
        answer,
        about="refusal",
    )


@requirement("rfc6749-3.1.1-unknown-type-answered-by-error")
def test_the_client_is_told_of_an_unknown_response_type(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=given.invented("response_type"))

    expect(answer).is_an_error()
    expect.that(
        landed_at(answer, request.client.redirect_uris[:1]) is not None,
        "the error at the client",
        answer,
        about="refusal",
    )
