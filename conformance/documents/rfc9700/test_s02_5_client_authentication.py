"""RFC 9700 section 2.5: client authentication."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.client_methods import ASYMMETRIC, methods_offered, unauthenticated_reply
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.profile.target import Target


@requirement("rfc9700-2.5-client-authentication-enforced")
@pytest.mark.parametrize(
    "grant",
    [
        pytest.param("authorization_code", marks=needs("authorization_code")),
        pytest.param("client_credentials", marks=needs("client_credentials")),
        pytest.param("refresh_token", marks=needs("refresh_token")),
    ],
)
def test_a_client_with_a_secret_has_to_show_it(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = unauthenticated_reply(given, send, grant)

    expect(reply).is_not_served()


@requirement("rfc9700-2.5-asymmetric-authentication")
def test_asymmetric_authentication_is_offered(given: Given, send: Send, expect: Expect, target: Target) -> None:
    offered = methods_offered(given, send, target)

    listed = [name for name in offered if name in ASYMMETRIC]
    expect.that(bool(listed), f"one of {', '.join(ASYMMETRIC)}", ", ".join(offered) or "no methods")
