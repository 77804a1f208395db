"""RFC 6750 section 2.1: Authorization request header field."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.procedures.bearer import form_opened
from conformance.harness.procedures.resource_access import resource_answer, resource_grant, resource_opened


@requirement("rfc6750-2.1-header-supported")
def test_a_token_in_the_header_opens_the_resource(given: Given, send: Send, expect: Expect) -> None:
    reply = resource_answer(given, send, resource_grant(given))

    expect(reply).succeeds()


@requirement("rfc6750-2.1-header-supported")
@needs("bearer_form_body")
def test_a_token_in_the_header_does_as_well_as_in_a_form(given: Given, send: Send, expect: Expect) -> None:
    form_opened(given, send)

    reply = send.resource(resource_opened(given, send), method="POST")

    expect(reply).succeeds()


@requirement("rfc6750-2.1-credentials-syntax")
def test_more_than_one_space_before_the_token_is_no_fault(given: Given, send: Send, expect: Expect) -> None:
    token = resource_opened(given, send)

    reply = send.resource(None, headers=[("Authorization", f"Bearer  {token}")])

    expect(reply).succeeds()
