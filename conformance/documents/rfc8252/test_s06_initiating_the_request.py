"""RFC 8252 section 6: PKCE is served to native apps."""

from __future__ import annotations

import pytest

from conformance.documents.rfc8252.logins import expect_login, login_at
from conformance.documents.rfc8252.native_clients import HTTPS, IPV4, IPV6, PRIVATE, Kind, public_with
from conformance.harness import Expect, Given, Send, requirement
from conformance.profile.target import Target


@requirement("rfc8252-6-pkce-served")
@pytest.mark.parametrize("kinds", [(PRIVATE,), (HTTPS,), (IPV4, IPV6)], ids="-or-".join)
def test_a_challenge_of_a_native_client_is_served(
    given: Given, send: Send, expect: Expect, target: Target, kinds: tuple[Kind, ...]
) -> None:
    registered = public_with(given, target, *kinds)

    expect_login(expect, login_at(given, send, target, registered))
