"""RFC 7009 section 2: token revocation, and where the endpoint is."""

from __future__ import annotations

from urllib.parse import urlsplit

from conformance.documents.rfc7009.revocation_in_the_clear import sent_in_the_clear
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.endpoint_uris import endpoint_uris
from conformance.procedures.plain_http import handshake, versions
from conformance.procedures.revocation import best_revocation, ordinary_revocation
from conformance.profile.target import Target


@requirement("rfc7009-2-refresh-token-revocation-supported")
def test_a_refresh_token_can_be_revoked(given: Given, send: Send, expect: Expect) -> None:
    found = best_revocation(given, send, "refresh_token")

    expect(found.reply).succeeds()
    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2-access-token-revocation-supported")
def test_an_access_token_can_be_revoked(given: Given, send: Send, expect: Expect) -> None:
    found = best_revocation(given, send, "access_token")

    expect(found.reply).succeeds()
    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2-post-accepted")
def test_a_request_by_post_is_processed(given: Given, send: Send, expect: Expect) -> None:
    found = ordinary_revocation(given, send)

    expect(found.reply).succeeds()
    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2-endpoint-url-without-fragment")
def test_the_url_has_no_fragment(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "revocation")

    expect.that(not any("#" in uri for uri in uris), "a URL without a fragment", ", ".join(uris), breach="act")


@requirement("rfc7009-2-endpoint-url-is-https")
def test_the_url_is_https(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "revocation")

    schemes = {urlsplit(uri).scheme for uri in uris}
    expect.that(schemes == {"https"}, "a URL with the https scheme", ", ".join(uris), breach="act")


@requirement("rfc7009-2-endpoint-served-over-tls")
def test_a_handshake_with_the_endpoint_succeeds(given: Given, send: Send, expect: Expect, target: Target) -> None:
    expect.that(target.url("revocation").startswith("https:"), "an https URL", target.url("revocation"), breach="act")

    found = handshake(given, send, "revocation")

    expect.that(found.succeeded, "a TLS handshake to succeed", found.failure)


@requirement("rfc7009-2-endpoint-served-over-tls")
def test_a_request_over_tls_is_answered(given: Given, send: Send, expect: Expect) -> None:
    found = ordinary_revocation(given, send)

    expect.that(found.reply.request.url.startswith("https:"), "an https URL", found.reply.request.url, breach="act")
    expect.that(not found.reply.is_redirect and not found.reply.is_breakdown, "an answer of the endpoint", found.reply)


@requirement("rfc7009-2-other-transport-security")
def test_which_tls_versions_are_spoken(given: Given, send: Send) -> None:
    given.note(versions(given, send, "revocation"))


@requirement("rfc7009-2-plain-http-revokes-too")
def test_a_token_sent_over_plain_http_is_revoked(given: Given, send: Send, expect: Expect) -> None:
    found = sent_in_the_clear(given, send)

    expect.that(found.offered, "revocation at the http URI as well", found)


@requirement("rfc7009-2-http-uri-not-published")
def test_metadata_names_no_http_uri(given: Given, send: Send, expect: Expect, target: Target) -> None:
    metadata = given.accepted(send.raw("GET", target.url("metadata")), "the server's metadata")

    published = str(metadata.members.get("revocation_endpoint", ""))
    expect.that(not published.startswith("http:"), "no plain http URI as revocation_endpoint", published, breach="act")
