"""RFC 6749 section 2.3.2: other authentication methods."""

from __future__ import annotations

from conformance.harness import Given, Send, requirement
from conformance.procedures.token_requests import token_request


@requirement("rfc6749-2.3.2-other-http-schemes")
def test_other_schemes_may_be_announced(given: Given, send: Send) -> None:
    client = given.client_for(given.any_grant())

    reply = token_request(given, send, None, client, authentication="absent")

    schemes = [value.split()[0] for value in reply.header_values("WWW-Authenticate") if value.strip()]
    given.note(f"schemes announced to a request without credentials: {', '.join(schemes) or 'none'}")
