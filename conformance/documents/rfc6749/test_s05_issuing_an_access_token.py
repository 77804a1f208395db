"""RFC 6749 section 5: issuing an access token."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.client_authentication import UNDECODABLE, undecodable_refused
from conformance.procedures.token_refusals import (
    by_each_refusal,
    faulty_request,
)
from conformance.procedures.token_responses import by_each_grant, valid_request


@requirement("rfc6749-5-valid-request-gets-token")
@by_each_grant()
def test_a_valid_request_gets_an_access_token(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = valid_request(given, send, grant).reply

    expect(reply).issues_a_token()


@requirement("rfc6749-5-failed-authentication-gets-error")
@by_each_refusal("unknown client", "wrong secret")
def test_failed_authentication_gets_an_error(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = faulty_request(given, send, kind)

    expect(reply).is_an_error()


@requirement("rfc6749-5-failed-authentication-gets-error")
@pytest.mark.parametrize("how", UNDECODABLE)
def test_undecodable_authentication_gets_an_error(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = undecodable_refused(given, send, how)

    expect(reply).is_an_error()


@requirement("rfc6749-5-invalid-request-gets-error")
@by_each_refusal("no grant_type", "unknown grant_type")
def test_an_invalid_request_gets_an_error(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = faulty_request(given, send, kind)

    expect(reply).is_an_error()
