"""RFC 6750 section 2.1: Authorization request header field."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.bearer import form_opened
from conformance.procedures.resource_access import opening_token, resource_answer, resource_grant


@requirement("rfc6750-2.1-header-supported")
def test_a_token_in_the_header_opens_the_resource(given: Given, send: Send, expect: Expect) -> None:
    reply = resource_answer(given, send, resource_grant(given))

    expect(reply).succeeds()


@requirement("rfc6750-2.1-header-supported")
@needs("bearer_form_body")
def test_a_token_in_the_header_does_as_well_as_in_a_form(given: Given, send: Send, expect: Expect) -> None:
    form_opened(given, send)

    reply = send.resource(opening_token(given, send).value, method="POST")

    expect(reply).succeeds()


@requirement("rfc6750-2.1-header-supported")
@pytest.mark.parametrize("endpoint", ["protected_resource", pytest.param("token_info", marks=needs("token_info"))])
def test_the_scheme_may_be_written_in_lower_case(given: Given, send: Send, expect: Expect, endpoint: str) -> None:
    token = opening_token(given, send)
    given.accepted(send.resource(token.value, endpoint), f"a good token at {endpoint}")

    reply = send.resource(None, endpoint, [("Authorization", f"bearer {token.value}")])

    expect(reply).succeeds()


@requirement("rfc6750-2.1-header-supported")
@needs("bearer_form_body")
def test_the_scheme_may_be_written_in_lower_case_with_a_post(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)
    given.accepted(send.resource(token.value, method="POST"), "a POST with a good token in the header")

    reply = send.resource(None, headers=[("Authorization", f"bearer {token.value}")], method="POST")

    expect(reply).succeeds()


@requirement("rfc6750-2.1-credentials-syntax")
def test_more_than_one_space_before_the_token_is_no_fault(given: Given, send: Send, expect: Expect) -> None:
    token = opening_token(given, send)

    reply = send.resource(None, headers=[("Authorization", f"Bearer  {token.value}")])
    given.control(token, after=reply)

    expect(reply).succeeds()
