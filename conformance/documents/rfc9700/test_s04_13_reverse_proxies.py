"""RFC 9700 section 4.13: TLS terminating reverse proxies."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.forwarded import (
    HEADERS,
    asks_alike,
    browser_led_astray,
    led_astray,
    reply_to_forwarded_certificate,
    signed_in_by_header,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.profile.target import Target


@requirement("rfc9700-4.13-proxy-sanitizes-headers")
@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("where", ["metadata", "authorization"])
def test_forged_headers_change_no_address(
    given: Given, send: Send, expect: Expect, target: Target, name: str, where: str
) -> None:
    reply, told = led_astray(given, send, target, name, where)

    expect.that(not told, "addresses of the server's own", told, breach="act", at=reply)


@requirement("rfc9700-4.13-proxy-sanitizes-headers")
@pytest.mark.parametrize("kind", ["code", "error"])
def test_forged_headers_lead_no_browser_astray(given: Given, send: Send, expect: Expect, kind: str) -> None:
    answer, led_to = browser_led_astray(given, send, kind)

    expect.that(not led_to, "a way back by addresses of the server's own", led_to, breach="act", at=answer.reply)


@requirement("rfc9700-4.13-proxy-sanitizes-headers")
def test_a_forged_certificate_authenticates_nobody(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_forwarded_certificate(given, send)

    expect(reply).is_refused()


@requirement("rfc9700-4.13-proxy-sanitizes-headers")
def test_a_forged_user_is_signed_in_no_more_than_before(given: Given, send: Send, expect: Expect) -> None:
    before, forged = signed_in_by_header(given, send)

    expect.that(asks_alike(before, forged), f"the same as without them ({before})", forged, breach="act", at=forged)
