"""RFC 6749 section 3.2: token endpoint."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.send import FORM
from conformance.procedures.authorization_answers import is_form_encoded
from conformance.procedures.client_authentication import client_by_body
from conformance.procedures.code_exchanges import NOT_OWED, code_that_owes_no, exchanged_without, verifiable_code
from conformance.procedures.endpoint_uris import endpoint_uris
from conformance.procedures.plain_http import expect_unserved, token_request_in_the_clear
from conformance.procedures.refreshing import fully_granted, narrower_scope
from conformance.procedures.token_requests import (
    as_get,
    code_exchange_seen,
    deciding_reply,
    good_request,
    outcome,
    repeated_members,
    reply_to_request,
    token_request,
    with_content_type,
    with_parameter_repeated,
)
from conformance.profile.target import Target


@requirement("rfc6749-3.2-query-allowed")
def test_whether_the_uri_has_a_query(given: Given, send: Send, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "token")

    given.note(f"{'a' if any('?' in uri for uri in uris) else 'no'} query component in {' and '.join(uris)}")


@requirement("rfc6749-3.2-query-form-encoded")
def test_a_query_of_the_uri_is_form_encoded(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "token")

    expect.that(
        all(is_form_encoded(urlsplit(uri).query) for uri in uris),
        "a form-encoded query, if any",
        " and ".join(uris),
        breach="act",
    )


@requirement("rfc6749-3.2-no-fragment-in-uri")
def test_the_uri_has_no_fragment(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "token")

    expect.that(
        not any("#" in uri for uri in uris), "a URI without fragment component", " and ".join(uris), breach="act"
    )


@requirement("rfc6749-3.2-served-over-tls")
def test_the_endpoint_is_served_over_tls(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "token")

    reply = token_request(given, send)

    expect.that(
        all(uri.startswith("https://") for uri in (reply.request.url, *uris)), "https", " and ".join(uris), breach="act"
    )


@requirement("rfc6749-3.2-plain-http-no-token")
def test_no_token_over_plain_http(given: Given, send: Send, expect: Expect) -> None:
    found = token_request_in_the_clear(given, send)

    expect_unserved(expect, found, "a token request")


@requirement("rfc6749-3.2-post-served")
@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM};charset=UTF-8", FORM.title()], ids=["plain", "charset", "case"]
)
def test_a_post_request_is_served(given: Given, send: Send, expect: Expect, content_type: str) -> None:
    request = good_request(given, send)

    reply = reply_to_request(send, with_content_type(request, content_type))

    expect(reply).issues_a_token()


@requirement("rfc6749-3.2-get-no-token")
def test_a_get_request_obtains_no_token(given: Given, send: Send, expect: Expect) -> None:
    request = good_request(given, send)

    reply = reply_to_request(send, as_get(request))

    expect(reply).issues_nothing()


@requirement("rfc6749-3.2-empty-required-parameter-missing")
def test_an_empty_grant_type_is_a_missing_one(given: Given, send: Send, expect: Expect) -> None:
    given.issued(token_request(given, send))
    missing = deciding_reply(token_request(given, send, grant_type=OMIT), "a request without grant_type")

    empty = token_request(given, send, grant_type="")

    expect.that(outcome(empty) == outcome(missing), f"what a missing grant_type gets ({missing})", empty)


@requirement("rfc6749-3.2-empty-required-parameter-missing")
@needs("authorization_code")
def test_an_empty_code_is_a_missing_one(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()
    missing = deciding_reply(send.code_exchange(code, code=OMIT), "an exchange without code")

    empty = send.code_exchange(code, code="")

    expect.that(outcome(empty) == outcome(missing), f"what a missing code gets ({missing})", empty)


@requirement("rfc6749-3.2-empty-required-parameter-missing")
@needs("refresh_token")
def test_an_empty_refresh_token_is_a_missing_one(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshed(given.refreshable())
    missing = deciding_reply(send.refresh(tokens, refresh_token=OMIT), "a refresh without refresh_token")

    empty = send.refresh(tokens, refresh_token="")

    expect.that(
        outcome(empty) == outcome(missing),
        f"what a missing refresh_token gets ({missing})",
        empty,
        about="refresh_token",
    )


@requirement("rfc6749-3.2-empty-optional-parameter-absent")
@needs("authorization_code")
@pytest.mark.parametrize("name", NOT_OWED)
def test_an_empty_parameter_of_an_exchange_is_none(given: Given, send: Send, expect: Expect, name: str) -> None:
    without = exchanged_without(given, send, name)
    nothing: dict[str, Any] = {name: ""}

    empty = send.code_exchange(code_that_owes_no(given, send, name), **nothing)

    expect.that(outcome(empty) == outcome(without), f"what an exchange without {name} gets ({without})", empty)


@requirement("rfc6749-3.2-empty-optional-parameter-absent")
def test_an_empty_scope_is_none(given: Given, send: Send, expect: Expect) -> None:
    given.issued(token_request(given, send))
    without = token_request(given, send, scope=OMIT)

    empty = token_request(given, send, scope="")

    expect.that(
        outcome(empty) == outcome(without), f"what a request without scope gets ({without})", empty, about="scope"
    )


@requirement("rfc6749-3.2-unrecognized-parameter-ignored")
def test_an_unknown_parameter_is_ignored(given: Given, send: Send, expect: Expect) -> None:
    without = given.issued(token_request(given, send))

    unknown: dict[str, Any] = {given.invented("parameter"): "1"}

    reply = token_request(given, send, **unknown)

    expect.that(outcome(reply) == outcome(without), f"what the request without it gets ({without})", reply)


@requirement("rfc6749-3.2-repeated-parameter-refused")
@pytest.mark.parametrize(
    ("grant", "name"),
    [
        pytest.param("client_credentials", "grant_type", marks=needs("client_credentials"), id="grant_type"),
        pytest.param("client_credentials", "scope", marks=needs("client_credentials", "scopes"), id="scope"),
        pytest.param("password", "grant_type", marks=needs("password"), id="grant_type-by-password"),
        pytest.param("password", "scope", marks=needs("password", "scopes"), id="scope-by-password"),
        pytest.param("password", "username", marks=needs("password"), id="username"),
        pytest.param("password", "password", marks=needs("password"), id="password"),
        pytest.param("authorization_code", "grant_type", marks=needs("authorization_code"), id="grant_type-by-code"),
        pytest.param("authorization_code", "code", marks=needs("authorization_code"), id="code"),
        pytest.param("authorization_code", "redirect_uri", marks=needs("authorization_code"), id="redirect_uri"),
        pytest.param("refresh_token", "grant_type", marks=needs("refresh_token"), id="grant_type-by-refresh_token"),
        pytest.param("refresh_token", "refresh_token", marks=needs("refresh_token"), id="refresh_token"),
    ],
)
def test_a_repeated_parameter_is_refused(given: Given, send: Send, expect: Expect, grant: str, name: str) -> None:
    request = good_request(given, send, grant)

    reply = reply_to_request(send, with_parameter_repeated(request, name))

    expect(reply).is_refused()


@requirement("rfc6749-3.2-repeated-parameter-refused")
@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_a_repeated_credential_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_by_body(given, send)
    twice: dict[str, Any] = {name: [getattr(client, name)] * 2}

    reply = token_request(given, send, None, client, **twice)

    expect(reply).is_refused()


@requirement("rfc6749-3.2-repeated-parameter-refused")
@needs("refresh_token", "scopes")
def test_a_repeated_scope_of_a_refresh_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens, granted = fully_granted(given, send)

    reply = send.refresh(tokens, scope=[narrower_scope(given, send, tokens, granted)] * 2)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-3.2-repeated-parameter-refused")
@needs("authorization_code")
def test_a_repeated_code_verifier_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = verifiable_code(given, send)

    reply = send.code_exchange(code, code_verifier=[code.verifier] * 2)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-3.2-response-members-unique")
def test_no_member_of_a_token_response_is_repeated(given: Given, send: Send, expect: Expect) -> None:
    reply = given.issued(token_request(given, send))

    expect.that(
        not repeated_members(reply),
        "each member once",
        f"{repeated_members(reply)} more than once",
        breach="act",
        about=tuple(repeated_members(reply)),
    )


@requirement("rfc6749-3.2-response-members-unique")
def test_no_member_of_an_error_response_is_repeated(given: Given, send: Send, expect: Expect) -> None:
    reply = token_request(given, send, grant_type=OMIT)

    expect.that(
        not repeated_members(reply),
        "each member once",
        f"{repeated_members(reply)} more than once",
        breach="act",
        about=tuple(repeated_members(reply)),
    )
