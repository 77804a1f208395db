"""RFC 6749 appendix A.7: "error" syntax."""

from __future__ import annotations

from conformance.documents.rfc6749.texts_in_answers import (
    texts_at_authorization_endpoint,
    texts_at_resource,
    texts_at_token_endpoint,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.token_responses import by_each_grant


@requirement("rfc6749-A.7-token-error-code-characters")
def test_an_error_code_of_the_token_endpoint_keeps_to_its_characters(given: Given, send: Send, expect: Expect) -> None:
    texts = texts_at_token_endpoint(given, send, "error")

    expect.syntax("error", texts)


@requirement("rfc6749-A.7-authorization-error-code-characters")
@by_each_grant("authorization_code", "implicit")
def test_an_error_code_of_the_authorization_endpoint_keeps_to_its_characters(
    given: Given, send: Send, expect: Expect, grant: str
) -> None:
    texts = texts_at_authorization_endpoint(given, send, grant, "error")

    expect.syntax("error", texts)


@requirement("rfc6749-A.7-resource-error-code-characters")
def test_an_error_code_of_a_resource_keeps_to_its_characters(given: Given, send: Send, expect: Expect) -> None:
    texts = texts_at_resource(given, send, "error")

    expect.syntax("error", texts)
