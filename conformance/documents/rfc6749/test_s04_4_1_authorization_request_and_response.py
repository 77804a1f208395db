"""RFC 6749 section 4.4.1: authorization request and response of the client credentials grant."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.grants import client_using, if_credentials_are_right


@pytest.mark.parametrize("name", ["confidential", "single_redirect"])
@requirement("rfc6749-4.4.1-no-authorization-request")
def test_client_authentication_is_all_that_is_needed(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "client_credentials")

    reply = if_credentials_are_right(send.client_credentials(client))

    expect(reply).issues_a_token()
