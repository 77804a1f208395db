"""RFC 6749 appendix A.1: "client_id" syntax."""

from __future__ import annotations

from dataclasses import replace

from conformance.documents.rfc6749.special_client import is_recognized
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.introspection import active_token_described
from conformance.procedures.odd_characters import WAYS, by_each_way
from conformance.procedures.token_refusals import client_named_in_body, request_as


@requirement("rfc6749-A.1-client-id-issued-printable")
def test_an_identifier_in_answers_is_printable(given: Given, send: Send, expect: Expect) -> None:
    members = active_token_described(given, send).members

    expect.syntax("client_id", str(members.get("client_id", "")))


@requirement("rfc6749-A.1-client-id-any-printable-taken")
def test_an_identifier_of_special_characters_is_known(given: Given, send: Send, expect: Expect) -> None:
    known = is_recognized(given, send)

    expect.that(known, "the client to be known by its client_id", "that it is unknown")


@requirement("rfc6749-A.1-client-id-nonprintable-refused")
@by_each_way
def test_an_identifier_that_is_not_printable_is_refused(given: Given, send: Send, expect: Expect, way: str) -> None:
    client = client_named_in_body(given)

    reply = request_as(given, send, replace(client, client_id=WAYS[way](client.client_id)), client)

    expect(reply).issues_nothing()


@requirement("rfc6749-A.1-client-id-nonprintable-no-redirect")
@by_each_way
def test_an_identifier_that_is_not_printable_brings_no_grant(
    given: Given, send: Send, expect: Expect, way: str
) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(client_id=WAYS[way](request.client.client_id))

    expect(answer).issues_nothing()
