"""RFC 6749 appendix A.18: endpoint parameter syntax."""

from __future__ import annotations

from typing import Any

from conformance.documents.rfc6749.extensions import added_names, approved_answer
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.token_refusals import able_client, request_as
from conformance.procedures.token_responses import by_each_grant, token_response

# Every kind of character that a name may have; nobody's parameter.
NEW: dict[str, Any] = {"oauth2-conformance.Unknown_Parameter-7": "unknown"}


@requirement("rfc6749-A.18-token-response-parameter-names")
@by_each_grant()
def test_members_of_a_token_response_are_named_well(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("parameter_name", reply.members)


@requirement("rfc6749-A.18-authorization-response-parameter-names")
@by_each_grant("authorization_code", "implicit")
def test_parameters_of_an_authorization_response_are_named_well(
    given: Given, send: Send, expect: Expect, grant: str
) -> None:
    answer = approved_answer(given, grant)

    expect.syntax("parameter_name", added_names(answer))


@requirement("rfc6749-A.18-new-token-parameter-name-taken")
def test_a_new_parameter_of_a_token_request_changes_nothing(given: Given, send: Send, expect: Expect) -> None:
    client = able_client(given)

    reply = request_as(given, send, client, client, **NEW)

    expect(reply).issues_a_token()


@requirement("rfc6749-A.18-new-authorization-parameter-name-taken")
def test_a_new_parameter_of_an_authorization_request_changes_nothing(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(NEW)

    expect.that(is_granted(answer), "the request granted, as without the new parameter", answer)
