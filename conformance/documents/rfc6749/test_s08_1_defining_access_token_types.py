"""RFC 6749 section 8.1: defining access token types."""

from __future__ import annotations

from conformance.documents.rfc6749.extensions import issued_type, issued_type_name
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.grammar import fits
from conformance.procedures.token_responses import GRANTS, by_each_grant
from conformance.wire.registries import ACCESS_TOKEN_TYPES

by_each_source = by_each_grant(*GRANTS, "implicit")


@requirement("rfc6749-8.1-issued-type-name-or-uri")
@by_each_source
def test_a_type_is_a_name_or_a_uri(given: Given, send: Send, expect: Expect, grant: str) -> None:
    token_type = issued_type(given, send, grant)

    expect.that(fits("token_type", token_type), "a type name or an absolute URI", ascii(token_type), breach="act")


@requirement("rfc6749-8.1-issued-type-registered")
@by_each_source
def test_a_type_name_is_registered(given: Given, send: Send, expect: Expect, grant: str) -> None:
    name = issued_type_name(given, send, grant)

    expect.that(
        name.lower() in ACCESS_TOKEN_TYPES, f"one of {', '.join(ACCESS_TOKEN_TYPES)}", ascii(name), breach="act"
    )


@requirement("rfc6749-8.1-type-name-characters")
@by_each_source
def test_a_type_name_keeps_to_its_characters(given: Given, send: Send, expect: Expect, grant: str) -> None:
    name = issued_type_name(given, send, grant)

    # Names of types and of parameters have one and the same syntax.
    expect.that(
        fits("parameter_name", name), "letters, digits, hyphen, period and underscore", ascii(name), breach="act"
    )


@requirement("rfc6749-8.1-type-example-reserved")
@by_each_source
def test_no_type_is_called_example(given: Given, send: Send, expect: Expect, grant: str) -> None:
    token_type = issued_type(given, send, grant)

    expect.that(token_type.lower() != "example", "a type that isn't reserved for examples", token_type, breach="act")
