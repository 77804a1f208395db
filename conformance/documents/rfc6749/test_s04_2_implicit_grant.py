"""RFC 6749 section 4.2: implicit grant."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.grants import client_using
from conformance.procedures.implicit_answers import expect_granted, granted_answer


@pytest.mark.parametrize("name", ["confidential", "public"])
@requirement("rfc6749-4.2-no-client-authentication")
def test_the_client_id_alone_is_enough(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "implicit")

    answer = arrived_answer(given, send.authorize(client, "token"))

    expect_granted(expect, answer)


@requirement("rfc6749-4.2-resource-owner-present")
def test_without_a_resource_owner_no_token_is_issued(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.client_for("implicit"), "token", user_agent=given.nobodys_user_agent())

    expect(answer).grants_nothing()
