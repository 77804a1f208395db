"""RFC 9700 section 2.1.2: implicit grant."""

from __future__ import annotations

from conformance.harness import Given, Send, requirement
from conformance.procedures.redirects import any_response_type


@requirement("rfc9700-2.1.2-implicit-may-be-served")
def test_whether_implicit_is_served_is_noted(given: Given, send: Send) -> None:
    client = given.client_for("authorization_code" if any_response_type(given) == "code" else "implicit")

    answer = send.authorize(client, "token")

    served = "is" if answer.get("access_token") else "is not"
    given.note(f"the implicit grant {served} served to [clients.{client.name}]")
