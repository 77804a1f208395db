"""RFC 9700 section 2.4: resource owner password credentials grant."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.password_grant import CLIENTS, reply_to_password_request
from conformance.harness import Expect, Given, Send, requirement


@requirement("rfc9700-2.4-password-grant-refused")
@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("scoped", [True, False], ids=["with scope", "without scope"])
def test_a_password_brings_no_token(given: Given, send: Send, expect: Expect, name: str, scoped: bool) -> None:
    reply = reply_to_password_request(given, send, name, scoped=scoped)

    expect(reply).is_not_served()
