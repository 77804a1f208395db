"""RFC 6749 section 4.4: client credentials grant."""

from __future__ import annotations

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.grants import client_served


@requirement("rfc6749-4.4-confidential-clients-only")
def test_a_public_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    public = given.client("public")
    client_served(given, send, "client_credentials")

    reply = send.client_credentials(public, "none", scope=OMIT)

    expect(reply).is_refused()
