"""RFC 6749 appendix A.9: "error_uri" syntax."""

from __future__ import annotations

from conformance.documents.rfc6749.texts_in_answers import (
    texts_at_authorization_endpoint,
    texts_at_resource,
    texts_at_token_endpoint,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.token_responses import by_each_grant


@requirement("rfc6749-A.9-token-error-uri-well-formed")
def test_a_uri_of_the_token_endpoint_is_a_uri_reference(given: Given, send: Send, expect: Expect) -> None:
    texts = texts_at_token_endpoint(given, send, "error_uri")

    expect.syntax("error_uri", texts)


@requirement("rfc6749-A.9-authorization-error-uri-well-formed")
@by_each_grant("authorization_code", "implicit")
def test_a_uri_of_the_authorization_endpoint_is_a_uri_reference(
    given: Given, send: Send, expect: Expect, grant: str
) -> None:
    texts = texts_at_authorization_endpoint(given, send, grant, "error_uri")

    expect.syntax("error_uri", texts)


@requirement("rfc6749-A.9-resource-error-uri-well-formed")
def test_a_uri_of_a_resource_is_a_uri_reference(given: Given, send: Send, expect: Expect) -> None:
    texts = texts_at_resource(given, send, "error_uri")

    expect.syntax("error_uri", texts)
