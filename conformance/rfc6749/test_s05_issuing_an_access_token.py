"""RFC 6749 section 5: issuing an access token."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.procedures.token_refusals import (
    BY_HEADER,
    by_each_refusal,
    client_by,
    faulty_request,
    request_as,
)
from conformance.harness.procedures.token_responses import by_each_grant, valid_request
from conformance.harness.send import basic


@requirement("rfc6749-5-valid-request-gets-token")
@by_each_grant()
def test_a_valid_request_gets_an_access_token(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = valid_request(given, send, grant).reply

    expect(reply).issues_a_token()


@requirement("rfc6749-5-valid-request-gets-token")
@needs("client_password")
def test_a_valid_request_gets_it_however_the_scheme_is_spelled(given: Given, send: Send, expect: Expect) -> None:
    client = client_by(given, BY_HEADER)
    name, value = basic(client.client_id, client.client_secret or "")

    reply = request_as(given, send, client, client, "absent", ((name, value.replace("Basic", "basic")),))

    expect(reply).issues_a_token()


@requirement("rfc6749-5-failed-authentication-gets-error")
@by_each_refusal("unknown client", "wrong secret")
def test_failed_authentication_gets_an_error(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = faulty_request(given, send, kind)

    expect(reply).is_an_error()


@requirement("rfc6749-5-invalid-request-gets-error")
@by_each_refusal("no grant_type", "unknown grant_type")
def test_an_invalid_request_gets_an_error(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = faulty_request(given, send, kind)

    expect(reply).is_an_error()
