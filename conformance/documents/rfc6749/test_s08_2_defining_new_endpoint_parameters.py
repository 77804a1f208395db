"""RFC 6749 section 8.2: defining new endpoint parameters."""

from __future__ import annotations

from conformance.documents.rfc6749.extensions import added_names, approved_answer
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.token_refusals import by_each_refusal, refusal
from conformance.procedures.token_responses import by_each_grant, parameters, token_response


@requirement("rfc6749-8.2-parameter-name-characters")
@by_each_grant()
def test_names_in_a_token_response(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("parameter_name", parameters(reply))


@requirement("rfc6749-8.2-parameter-name-characters")
@needs("token_endpoint")
@by_each_refusal("no grant_type", "unknown client")
def test_names_in_a_token_error(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = refusal(given, send, kind)

    expect.syntax("parameter_name", parameters(reply))


@requirement("rfc6749-8.2-parameter-name-characters")
@by_each_grant("authorization_code", "implicit")
def test_names_in_an_authorization_response(given: Given, send: Send, expect: Expect, grant: str) -> None:
    answer = approved_answer(given, grant)

    expect.syntax("parameter_name", added_names(answer))
