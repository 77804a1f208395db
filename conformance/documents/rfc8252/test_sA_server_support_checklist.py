"""RFC 8252 Appendix A: what servers that support native apps have to support."""

from __future__ import annotations

from conformance.documents.rfc8252.logins import expect_login, login_at
from conformance.documents.rfc8252.native_clients import HTTPS, public_with
from conformance.harness import Expect, Given, Send, requirement
from conformance.profile.target import Target


@requirement("rfc8252-A-claimed-https-served")
def test_a_claimed_https_uri_is_served_to_a_public_client(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    registered = public_with(given, target, HTTPS)

    expect_login(expect, login_at(given, send, target, registered))
