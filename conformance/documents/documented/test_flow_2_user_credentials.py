"""The documented API, flow 2: the grant type that the page names "user_credentials" once."""

from __future__ import annotations

from conformance.documents.documented.api import (
    BY_BODY,
    is_flow_1_or_unsupported,
    machine_client,
    machine_served,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.grants import wrong_secret


@requirement("documented-flow-2-user-credentials-name")
def test_the_other_name_is_served_alike_or_unsupported(given: Given, send: Send, expect: Expect) -> None:
    machine_served(given, send)

    reply = send.client_credentials(machine_client(given), BY_BODY, scope="app", grant_type="user_credentials")

    expect.that(
        is_flow_1_or_unsupported(reply),
        "a token as in flow 1, or error 'unsupported_grant_type'",
        reply,
        about="error unsupported_grant_type",
    )


@requirement("documented-flow-2-user-credentials-name")
def test_a_wrong_secret_is_refused_by_that_name_too(given: Given, send: Send, expect: Expect) -> None:
    machine_served(given, send)
    client = wrong_secret(given, machine_client(given))

    reply = send.client_credentials(client, BY_BODY, scope="app", grant_type="user_credentials")

    expect(reply).is_refused()
