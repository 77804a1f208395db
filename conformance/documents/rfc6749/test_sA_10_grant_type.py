"""RFC 6749 appendix A.10: "grant_type" syntax."""

from __future__ import annotations

from typing import Any

from conformance.documents.rfc6749.extensions import is_name_or_uri_reference, published_names
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.grants import extension_request
from conformance.procedures.odd_characters import WAYS, by_each_way
from conformance.procedures.token_refusals import able_client, client_with_secret, request_as


@requirement("rfc6749-A.10-grant-types-published-well-formed")
def test_published_grant_types_are_names_or_uris(given: Given, send: Send, expect: Expect) -> None:
    names = published_names(given, send, "grant_types_supported")

    others = [name for name in names if not is_name_or_uri_reference(name)]
    expect.that(not others, "names and URI references", ", ".join(map(ascii, others)), breach="act")


@requirement("rfc6749-A.10-uri-grant-type-taken")
def test_the_uri_of_an_extension_grant_is_taken(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)

    reply = extension_request(given, send, client)

    known = not reply.is_breakdown and reply.members.get("error") != "unsupported_grant_type"
    expect.that(known, "the grant type recognized", reply)


@requirement("rfc6749-A.10-uri-grant-type-taken")
def test_the_uri_is_taken_even_where_the_grant_is_bad(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)
    parameters = [name for name in given.extension_grant() if name != "grant_type"]
    bad: dict[str, Any] = {name: given.invented(name) for name in parameters}

    reply = extension_request(given, send, client, **bad)

    known = not reply.is_breakdown and reply.members.get("error") != "unsupported_grant_type"
    expect.that(known, "the grant type recognized", reply)


@requirement("rfc6749-A.10-malformed-grant-type-refused")
@by_each_way
def test_a_malformed_grant_type_is_refused(given: Given, send: Send, expect: Expect, way: str) -> None:
    client = able_client(given)

    reply = request_as(given, send, client, client, grant_type=WAYS[way](given.any_grant(client)))

    expect(reply).issues_nothing()
