"""RFC 6749 appendix A.2: "client_secret" syntax."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.documents.rfc6749.special_client import rightly_authenticated
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.client_authentication import expect_served
from conformance.procedures.odd_characters import WAYS, by_each_way
from conformance.procedures.token_refusals import BY_BODY, BY_HEADER, client_with_secret, request_as


@requirement("rfc6749-A.2-client-secret-any-printable-taken")
@pytest.mark.parametrize("method", [BY_HEADER, BY_BODY])
def test_a_secret_of_special_characters_is_taken(given: Given, send: Send, expect: Expect, method: str) -> None:
    reply = rightly_authenticated(given, send, method)

    expect_served(expect, reply)


@requirement("rfc6749-A.2-client-secret-nonprintable-refused")
@by_each_way
def test_a_secret_that_is_not_printable_is_refused(given: Given, send: Send, expect: Expect, way: str) -> None:
    client = client_with_secret(given)

    reply = request_as(given, send, replace(client, client_secret=WAYS[way](client.client_secret or "")), client)

    expect(reply).issues_nothing()
