"""RFC 6749 section 2: client registration."""

from __future__ import annotations

from dataclasses import replace

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.client_authentication import client_served
from conformance.procedures.token_requests import token_request


@requirement("rfc6749-2-unregistered-client-gets-no-authorization")
def test_an_unregistered_client_gets_no_authorization(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(client_id=given.invented("client_id"))

    expect(answer).is_refused()


@requirement("rfc6749-2-unregistered-client-gets-no-token")
def test_an_unregistered_client_gets_no_token(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, given.client_for(given.any_grant()))
    stranger = replace(client, client_id=given.invented("client_id"), client_secret=given.invented("client_secret"))

    reply = token_request(given, send, None, client, stranger)

    expect(reply).is_refused()
