"""RFC 9207 sections 2.3 and 3: how clients learn the issuer, and that responses name it."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.issuer_parameter import named_issuers
from conformance.procedures.metadata import document, member
from conformance.profile.target import Target

ANNOUNCEMENT = "authorization_response_iss_parameter_supported"


@requirement("rfc9207-2.3-issuer-provided")
def test_the_metadata_has_the_issuer(given: Given, send: Send, expect: Expect, target: Target) -> None:
    metadata = document(given, send, target)

    expect(metadata.reply).has_member("issuer", str)


@requirement("rfc9207-2.3-iss-identical-to-metadata")
def test_responses_and_metadata_name_the_same_issuer(given: Given, send: Send, expect: Expect, target: Target) -> None:
    issuer = member(given, send, target, "issuer")

    named = named_issuers(given, send)
    expect.that(all(each == issuer for each in named), f"iss {issuer}", ", ".join(named), breach="act")


@requirement("rfc9207-2.3-support-announced")
def test_the_metadata_announces_the_parameter(given: Given, send: Send, expect: Expect, target: Target) -> None:
    metadata = document(given, send, target)

    told = metadata.members.get(ANNOUNCEMENT, "missing, which means false")
    expect.that(told not in (False, "missing, which means false"), f"{ANNOUNCEMENT} true", told, at=metadata.reply)


@requirement("rfc9207-3-announcement-is-boolean")
def test_the_announcement_is_a_boolean(given: Given, send: Send, expect: Expect, target: Target) -> None:
    member(given, send, target, ANNOUNCEMENT)

    expect(document(given, send, target).reply).has_member(ANNOUNCEMENT, bool)
