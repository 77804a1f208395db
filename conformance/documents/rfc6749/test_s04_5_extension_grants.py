"""RFC 6749 section 4.5: extension grants."""

from __future__ import annotations

import re

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.grammar import ABSOLUTE_URI
from conformance.procedures.grants import (
    additional_parameters,
    client_served,
    expect_refresh_token_good,
    extension_request,
    if_credentials_are_right,
    plain_name,
    wrong_secret,
)
from conformance.procedures.token_responses import token_response, tokens_by
from conformance.profile.target import Target

# Grant types that RFC 6749 itself defines: no extensions.
OWN_GRANT_TYPES = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")


@requirement("rfc6749-4.5-grant-type-uri-accepted")
def test_the_uri_of_an_extension_grant_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    reply = extension_request(given, send, given.client_with_secret())

    expect(if_credentials_are_right(reply, "invalid_request", "invalid_scope")).succeeds()


@requirement("rfc6749-4.5-grant-type-is-absolute-uri")
def test_the_extension_grant_is_named_by_a_uri(given: Given, expect: Expect) -> None:
    name = given.extension_grant()["grant_type"]

    expect.that(re.fullmatch(ABSOLUTE_URI, name) is not None, "an absolute URI", name, breach="act")


@requirement("rfc6749-4.5-grant-type-is-absolute-uri")
def test_the_extension_grant_has_no_plain_name(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "extension_grant")

    reply = extension_request(given, send, client, grant_type=plain_name(given))

    expect(reply).is_refused()


@needs("metadata")
@requirement("rfc6749-4.5-grant-type-is-absolute-uri")
def test_the_metadata_lists_extension_grants_by_uri(given: Given, send: Send, expect: Expect, target: Target) -> None:
    metadata = given.accepted(send.raw("GET", target.url("metadata")), "a request for the metadata").members
    listed = metadata.get("grant_types_supported", ())
    extensions = given.present((name for name in listed if name not in OWN_GRANT_TYPES), "extension grant in the list")

    plain = [str(name) for name in extensions if not re.fullmatch(ABSOLUTE_URI, str(name))]

    expect.that(not plain, "extension grants listed by absolute URI", ", ".join(plain), breach="act")


@requirement("rfc6749-4.5-undefined-grant-type-refused")
def test_a_uri_that_names_no_grant_is_refused(given: Given, send: Send, expect: Expect) -> None:
    grant = given.any_grant()
    client = client_served(given, send, grant)

    reply = send.token(f"urn:example:{given.invented('grant_type')}", client, {})

    expect(reply).is_refused()


@requirement("rfc6749-4.5-additional-parameters-needed")
def test_a_request_without_the_additional_parameters_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "extension_grant")

    reply = extension_request(given, send, client, **dict.fromkeys(additional_parameters(given), OMIT))

    expect(reply).is_refused()


@requirement("rfc6749-4.5-access-token-issued")
def test_a_valid_request_obtains_an_access_token(given: Given, send: Send, expect: Expect) -> None:
    reply = token_response(given, send, "extension_grant")

    expect(reply).issues_a_token()


@requirement("rfc6749-4.5-refresh-token-optional")
def test_whether_a_refresh_token_comes(given: Given, send: Send) -> None:
    tokens = tokens_by(given, send, "extension_grant")

    given.note(f"{'a' if tokens.refresh_token else 'no'} refresh token comes with the extension grant")


@requirement("rfc6749-4.5-refresh-token-usable")
def test_a_refresh_token_is_good(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "extension_grant")
    tokens = given.tokens_in(extension_request(given, send, client), client, "extension_grant", None)

    expect_refresh_token_good(given, send, expect, tokens)


@requirement("rfc6749-4.5-failed-authentication-error")
def test_failed_client_authentication_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "extension_grant")

    reply = extension_request(given, send, wrong_secret(given, client))

    expect(reply).is_an_error()


@requirement("rfc6749-4.5-invalid-request-error")
def test_an_invalid_request_is_answered_by_an_error(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, "extension_grant")

    reply = extension_request(given, send, client, **dict.fromkeys(additional_parameters(given), OMIT))

    expect(reply).is_an_error()
