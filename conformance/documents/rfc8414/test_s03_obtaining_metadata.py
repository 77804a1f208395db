"""RFC 8414 sections 3 and 6.1: where the metadata is, how it is answered, and over which TLS."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.metadata import (
    answer_at,
    appended_location,
    document,
    ends_in_slash,
    inserted_location,
    member,
    response,
    successful_response,
    unknown_issuer,
)
from conformance.procedures.plain_http import handshake, versions
from conformance.profile.target import Target

NOT_BY_GET = (405, 501)


@requirement("rfc8414-3-document-at-inserted-path")
def test_the_metadata_is_at_the_well_known_path(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = response(given, send, target)

    expect.that(
        bool(reply.is_success and reply.members), f"metadata at {inserted_location(target, given.issuer())}", reply
    )


@requirement("rfc8414-3-several-locations")
def test_there_may_be_other_locations(given: Given, send: Send, target: Target) -> None:
    document(given, send, target)
    urls = [
        appended_location(target, given.issuer()),
        inserted_location(target, given.issuer(), "openid-configuration"),
    ]

    found = [url for url in dict.fromkeys(urls) if answer_at(given, send, url).members.get("issuer")]
    given.note(f"metadata at {', '.join(found) or 'no other location that was looked at'}")


@requirement("rfc8414-3.1-get-served")
def test_get_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = response(given, send, target)

    expect.that(reply.status not in NOT_BY_GET, "GET to be served", reply)


@requirement("rfc8414-3.1-last-slash-removed")
def test_the_last_slash_is_left_out(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = ends_in_slash(given, response(given, send, target))

    expect.that(bool(reply.is_success and reply.members), "metadata at the path without the last slash", reply)


@requirement("rfc8414-3.2-status-200")
def test_the_status_is_200(given: Given, send: Send, expect: Expect, target: Target) -> None:
    expect(successful_response(given, send, target)).has_status(200)


@requirement("rfc8414-3.2-json-object")
def test_the_body_is_one_json_object(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = successful_response(given, send, target)

    expect(reply).is_a_json_object()
    expect(reply).is_json_in_utf8()


@requirement("rfc8414-3.2-json-media-type")
def test_the_media_type_is_json(given: Given, send: Send, expect: Expect, target: Target) -> None:
    expect(successful_response(given, send, target)).has_media_type("application/json")


@requirement("rfc8414-3.2-json-media-type")
def test_the_media_type_is_json_for_other_issuers_too(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = [answer_at(given, send, inserted_location(target, issuer)) for issuer in given.other_issuers()]

    there = given.present((reply for reply in found if reply.is_success), "metadata of another issuer")
    odd = [reply for reply in there if reply.media_type != "application/json"]
    expect.that(not odd, "application/json", next(iter(odd), None))


@requirement("rfc8414-3.2-error-status")
def test_an_error_has_the_status_of_one(given: Given, send: Send, expect: Expect, target: Target) -> None:
    document(given, send, target)

    reply = answer_at(given, send, unknown_issuer(target, given))

    expect.that(not (reply.status == 200 and "error" in reply.members), "a status other than 200", reply)


@requirement("rfc8414-3.3-issuer-identical")
def test_the_issuer_is_the_one_that_was_asked_for(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = member(given, send, target, "issuer")

    expect.that(found == given.issuer(), f"issuer {given.issuer()!r}", repr(found), breach="act")


@requirement("rfc8414-6.1-tls-served")
def test_the_metadata_is_served_over_tls(given: Given, send: Send, expect: Expect) -> None:
    found = handshake(given, send, "metadata")

    expect.that(found.succeeded, "a handshake in TLS 1.2 or 1.3", found.failure)


@requirement("rfc8414-6.1-tls-1-2-served")
def test_tls_1_2_is_spoken(given: Given, send: Send, expect: Expect) -> None:
    found = handshake(given, send, "metadata", "TLSv1.2")

    expect.that(found.succeeded, "a handshake in TLS 1.2", found.failure)


@requirement("rfc8414-6.1-other-mechanisms")
def test_versions_of_tls_are_noted(given: Given, send: Send) -> None:
    given.note(versions(given, send, "metadata"))


@requirement("rfc8414-3.3-issuer-identical")
def test_other_issuers_of_the_host_have_documents_of_their_own(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    found = {issuer: answer_at(given, send, inserted_location(target, issuer)) for issuer in given.other_issuers()}

    odd = [reply for issuer, reply in found.items() if reply.members.get("issuer") != issuer]
    expect.that(not odd, "each issuer in its own document", next(iter(odd), None), breach="act")
