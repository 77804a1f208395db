"""RFC 7662 section 2: introspection endpoint."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.endpoint_uris import endpoint_uris
from conformance.procedures.introspection import fresh_token_described
from conformance.procedures.plain_http import expect_unserved, introspection_in_the_clear
from conformance.profile.target import Target


@requirement("rfc7662-2-endpoint-served-over-tls")
def test_the_endpoint_is_served_over_tls(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "introspection")

    reply = fresh_token_described(given, send).reply

    expect.that(
        all(uri.startswith("https://") for uri in (reply.request.url, *uris)), "https", " and ".join(uris), breach="act"
    )


@requirement("rfc7662-2-plain-http-reveals-nothing")
def test_plain_http_reveals_nothing(given: Given, send: Send, expect: Expect) -> None:
    found = introspection_in_the_clear(given, send)

    expect_unserved(expect, found, "an introspection request")
