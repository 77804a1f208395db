"""RFC 6749 section 5.2: error response, which error code tells what."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.parameters import basic
from conformance.harness.send import FORM
from conformance.procedures.client_authentication import by_body_if_it_may
from conformance.procedures.inactive_tokens import outlived_refresh_token
from conformance.procedures.refreshing import another_client, narrow_grant, refreshable_tokens
from conformance.procedures.revocation import hint_that_works
from conformance.procedures.token_refusals import (
    BY_BODY,
    BY_HEADER,
    CODES_FOR_BARRED,
    able_client,
    barred_client,
    body_not_understood,
    by_barred_client,
    client_by,
    client_with_both_methods,
    client_with_secret,
    expect_code_if_refused,
    faulty_request,
    invented_code,
    other_redirect_uri,
    request_as,
    scope_asking_client,
    seen_to_get_tokens,
    told_to_be_barred,
    unknown_refresh_token,
    with_these_only,
    wrong_password,
    wrong_secret,
)
from conformance.procedures.token_requests import code_exchange_seen
from conformance.procedures.token_responses import tokens_by

# The implicit grant has no token request. Who serves that grant elsewhere may find the client or the request at fault.
CODES_FOR_NO_GRANT_TYPE = ("unsupported_grant_type", "unauthorized_client", "invalid_request")
BY_BARRED_GRANT = pytest.mark.parametrize(
    "grant", [pytest.param(name, marks=needs(name), id=name) for name in ("client_credentials", "password")]
)
# Grant, the parameter that it can't do without, and those that stand beside it.
REQUIRED = (
    ("authorization_code", "code", ()),
    ("refresh_token", "refresh_token", ()),
    ("password", "username", ("password",)),
    ("password", "password", ("username",)),
)
INVALID_REQUEST = "invalid_request"
INVALID_CLIENT = "invalid_client"
INVALID_GRANT = "invalid_grant"
INVALID_SCOPE = "invalid_scope"


@requirement("rfc6749-5.2-missing-parameter-invalid-request")
def test_without_grant_type_it_is_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    reply = faulty_request(given, send, "no grant_type")

    expect(reply).is_an_error(INVALID_REQUEST)


@requirement("rfc6749-5.2-missing-parameter-invalid-request")
@pytest.mark.parametrize(
    ("grant", "missing", "beside"), [pytest.param(*row, marks=needs(row[0]), id=row[1]) for row in REQUIRED]
)
def test_without_what_the_grant_needs_it_is_invalid_request(
    given: Given, send: Send, expect: Expect, grant: str, missing: str, beside: tuple[str, ...]
) -> None:
    reply = with_these_only(given, send, grant, beside)

    expect(reply).is_an_error(INVALID_REQUEST)


@requirement("rfc6749-5.2-repeated-parameter-invalid-request")
def test_with_grant_type_twice_it_is_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    grant = given.any_grant()
    client = tokens_by(given, send, grant).client

    reply = request_as(given, send, client, client, grant_type=[grant, grant])

    expect_code_if_refused(expect, reply, INVALID_REQUEST)


@requirement("rfc6749-5.2-repeated-parameter-invalid-request")
@needs("scopes")
def test_with_scope_twice_it_is_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    client, scopes = scope_asking_client(given)

    reply = request_as(given, send, client, client, scope=[scopes[0], scopes[0]])

    expect_code_if_refused(expect, reply, INVALID_REQUEST)


@requirement("rfc6749-5.2-several-credentials-invalid-request")
def test_with_two_authentications_it_is_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_both_methods(given)

    reply = request_as(given, send, client, client, "both")

    expect_code_if_refused(expect, reply, INVALID_REQUEST)


@requirement("rfc6749-5.2-malformed-body-invalid-request")
@needs("client_password")
@pytest.mark.parametrize("media_type", [FORM, "application/json"])
def test_with_json_for_a_form_it_is_invalid_request(given: Given, send: Send, expect: Expect, media_type: str) -> None:
    reply = body_not_understood(given, send, media_type)

    expect_code_if_refused(expect, reply, INVALID_REQUEST)


@requirement("rfc6749-5.2-unknown-client-invalid-client")
def test_of_an_unknown_client_it_is_invalid_client(given: Given, send: Send, expect: Expect) -> None:
    reply = faulty_request(given, send, "unknown client")

    expect(reply).is_an_error(INVALID_CLIENT)


@requirement("rfc6749-5.2-wrong-secret-invalid-client")
@pytest.mark.parametrize("method", [BY_HEADER, BY_BODY])
def test_with_a_wrong_secret_it_is_invalid_client(given: Given, send: Send, expect: Expect, method: str) -> None:
    client = client_by(given, method)

    reply = request_as(given, send, wrong_secret(given, client), client)

    expect(reply).is_an_error(INVALID_CLIENT)


@requirement("rfc6749-5.2-missing-authentication-invalid-client")
def test_without_authentication_it_is_invalid_client(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)

    reply = request_as(given, send, client, client, "none")

    expect(reply).is_an_error(INVALID_CLIENT)


@requirement("rfc6749-5.2-unsupported-method-invalid-client")
def test_with_an_unsupported_method_it_is_invalid_client(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)
    # What Basic would take: a server that doesn't look at the scheme serves it.
    name, basic_value = basic(client.client_id, client.client_secret or "")
    unsupported = (name, f"Invented {basic_value.removeprefix('Basic ')}")

    reply = request_as(given, send, client, client, "none", (unsupported,))

    expect(reply).is_an_error(INVALID_CLIENT)


@requirement("rfc6749-5.2-unknown-code-invalid-grant")
def test_for_an_unknown_code_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    client = code_exchange_seen(given).client

    reply = send.code_exchange(invented_code(given, client))

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-expired-code-invalid-grant")
def test_for_an_expired_code_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    lifetime = given.limit("code_lifetime")
    code_exchange_seen(given)
    code = given.authorization_code()
    given.outlived(code.value, lifetime)

    reply = send.code_exchange(code)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-used-code-invalid-grant")
def test_for_a_used_code_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    given.tokens_for(code)

    reply = send.code_exchange(code)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-other-redirect-uri-invalid-grant")
def test_for_another_redirect_uri_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=other_redirect_uri(code))
    given.control(code, after=reply)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-other-clients-code-invalid-grant")
def test_for_another_clients_code_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    other = given.other_client("authorization_code")
    given.observed("a code exchange by the other client", lambda: given.tokens("authorization_code", other))
    code = given.authorization_code()

    reply = send.code_exchange(code, other)
    given.control(code, after=reply)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-wrong-password-invalid-grant")
def test_for_a_wrong_password_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    reply = wrong_password(given, send)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-unknown-refresh-token-invalid-grant")
def test_for_an_unknown_refresh_token_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    reply = unknown_refresh_token(given, send)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-revoked-refresh-token-invalid-grant")
def test_for_a_revoked_refresh_token_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    own = hint_that_works(given, send, "refresh_token")
    tokens = refreshable_tokens(given, send)
    presenter = seen_to_get_tokens(given, by_body_if_it_may(tokens.client))
    given.revoked(tokens.refresh_token or "", tokens.client, **own)

    reply = send.refresh(tokens, presenter)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-revoked-refresh-token-invalid-grant")
@needs("introspection")
def test_for_an_expired_refresh_token_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    _, reply = outlived_refresh_token(given, send)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-other-clients-refresh-token-invalid-grant")
def test_for_another_clients_refresh_token_it_is_invalid_grant(given: Given, send: Send, expect: Expect) -> None:
    other = another_client(given, send, "other")
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, other)
    given.control(tokens, after=reply)

    expect(reply).is_an_error(INVALID_GRANT)


@requirement("rfc6749-5.2-barred-client-unauthorized-client")
@BY_BARRED_GRANT
def test_of_a_barred_client_it_is_unauthorized_client(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = barred_client(given, grant)

    reply = by_barred_client(send, client, grant)

    expect(reply).is_an_error(*CODES_FOR_BARRED[client.is_public])


@requirement("rfc6749-5.2-error-status-400")
@BY_BARRED_GRANT
def test_a_barred_client_is_told_with_status_400(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = barred_client(given, grant)

    reply = told_to_be_barred(send, client, grant)

    expect(reply).has_status(400)


@requirement("rfc6749-5.2-unknown-grant-type-unsupported")
def test_for_an_unknown_grant_type_it_is_unsupported_grant_type(given: Given, send: Send, expect: Expect) -> None:
    reply = faulty_request(given, send, "unknown grant_type")

    expect(reply).is_an_error("unsupported_grant_type")


@requirement("rfc6749-5.2-unknown-grant-type-unsupported")
def test_what_no_token_request_is_for_is_no_grant_type(given: Given, send: Send, expect: Expect) -> None:
    client = able_client(given)

    reply = send.token("implicit", client, {})

    expect(reply).is_an_error(*CODES_FOR_NO_GRANT_TYPE)


@requirement("rfc6749-5.2-unknown-scope-invalid-scope")
def test_for_an_unknown_scope_it_is_invalid_scope(given: Given, send: Send, expect: Expect) -> None:
    client, _ = scope_asking_client(given)

    reply = request_as(given, send, client, client, scope=given.invented("scope"))

    expect_code_if_refused(expect, reply, INVALID_SCOPE)


@requirement("rfc6749-5.2-malformed-scope-invalid-scope")
def test_for_a_malformed_scope_it_is_invalid_scope(given: Given, send: Send, expect: Expect) -> None:
    client, scopes = scope_asking_client(given)

    reply = request_as(given, send, client, client, scope=f'"{scopes[0]}"')

    expect_code_if_refused(expect, reply, INVALID_SCOPE)


@requirement("rfc6749-5.2-excessive-scope-invalid-scope")
def test_for_a_scope_beyond_the_grant_it_is_invalid_scope(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant(given, send)

    reply = send.refresh(tokens, scope=f"{tokens.asked_scope} {beyond}")
    given.control(tokens, after=reply)

    expect_code_if_refused(expect, reply, INVALID_SCOPE)
