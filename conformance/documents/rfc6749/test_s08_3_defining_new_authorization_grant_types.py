"""RFC 6749 section 8.3: defining new authorization grant types."""

from __future__ import annotations

import re

from conformance.documents.rfc6749.extensions import CORE_GRANTS, is_absolute_uri, published_names
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.token_responses import valid_request


@requirement("rfc6749-8.3-extension-grant-named-by-uri")
def test_the_grant_is_redeemed_under_an_absolute_uri(given: Given, send: Send, expect: Expect) -> None:
    grant_type = given.extension_grant()["grant_type"]

    reply = valid_request(given, send, "extension_grant").reply

    expect.that(is_absolute_uri(grant_type), "an absolute URI", grant_type, breach="act")
    expect(reply).succeeds()


@requirement("rfc6749-8.3-extension-grant-named-by-uri")
def test_the_grant_has_no_other_name(given: Given, send: Send, expect: Expect) -> None:
    granted = valid_request(given, send, "extension_grant")
    short_name = re.split(r"[:/]", given.extension_grant()["grant_type"])[-1]
    given.accepted(granted.reply)

    reply = send.token(short_name, granted.client, given.extension_grant(), grant_type=short_name)

    expect(reply).is_refused()


@requirement("rfc6749-8.3-extension-grant-named-by-uri")
def test_published_grants_are_the_rfcs_or_uris(given: Given, send: Send, expect: Expect) -> None:
    names = published_names(given, send, "grant_types_supported")

    others = [name for name in names if name not in CORE_GRANTS and not is_absolute_uri(name)]
    expect.that(not others, "absolute URIs beside the RFC's own grant types", ", ".join(others), breach="act")
