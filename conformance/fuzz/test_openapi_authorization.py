"""What the OpenAPI document says holds at the authorization endpoint, for whoever is signed in."""

from __future__ import annotations

from conformance.fuzz.engine import for_any
from conformance.fuzz.openapi import Fields
from conformance.fuzz.openapi_authorization import (
    asked_by_get,
    asked_by_post,
    authorization_answer,
    declined_answer,
    declined_at_once,
    secrets,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.consent import decision_with


@requirement("documented-endpoints-authorize-get")
@for_any(cost=3, fields=asked_by_get)
def test_a_request_as_described_leads_to_a_code(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    answer = authorization_answer(given, send, fields, "GET")

    expect(answer).carries("code")


@requirement("documented-endpoints-authorize-post")
@for_any(cost=3, fields=asked_by_post)
def test_a_posted_request_as_described_leads_to_a_code(
    given: Given, send: Send, expect: Expect, fields: Fields
) -> None:
    given.came_back(given.observed("an approved request by GET", given.approval))

    answer = authorization_answer(given, send, fields, "POST")

    expect(answer).carries("code")


@requirement("documented-endpoints-authorize-plain-delete-declines")
@for_any(cost=3, fields=declined_at_once)
def test_a_plain_delete_as_described_declines(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    answer = declined_answer(given, send, fields)

    expect(answer).is_an_error("access_denied")
    expect(answer).returns_state(fields["state"])


@requirement("documented-endpoints-authorize-post-needs-csrf")
@for_any(cost=3, secret=secrets)
def test_a_decision_with_another_secret_grants_nothing(given: Given, send: Send, expect: Expect, secret: str) -> None:
    answer = decision_with(given, send, secret)

    expect(answer).grants_nothing()
