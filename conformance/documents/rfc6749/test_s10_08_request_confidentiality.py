"""RFC 6749 section 10.8: request confidentiality."""

from __future__ import annotations

from conformance.documents.rfc6749.client_scopes import secrets_in_scope
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.end_user_pages import tour
from conformance.procedures.plain_http import (
    authorization_request_in_the_clear,
    expect_unserved,
    resource_request_in_the_clear,
    token_request_in_the_clear,
)
from conformance.procedures.redirects import any_response_type


@requirement("rfc6749-10.8-no-token-request-in-clear")
def test_no_token_request_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, token_request_in_the_clear(given, send), "a token request")


@requirement("rfc6749-10.8-sign-in-form-not-in-clear")
def test_no_password_is_asked_for_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send, any_response_type(given))

    expect.that(
        not probe.password_pages, "no form for a password over plain HTTP", probe, breach="act", about="plain HTTP"
    )


@requirement("rfc6749-10.8-sign-in-form-not-in-clear")
def test_the_password_form_submits_over_tls(given: Given, send: Send, expect: Expect) -> None:
    forms = given.present(tour(given, send).password_forms, "form that asks for a password")

    clear = [form.action for form in forms if not form.action.startswith("https:")]
    expect.that(not clear, "a password form that submits over TLS", f"one that submits to {clear[:1]}", breach="act")


@requirement("rfc6749-10.8-implicit-token-not-in-clear")
def test_no_access_token_is_sent_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send, "token")

    expect.that(
        not probe.brought("access_token"), "no access token over plain HTTP", probe, breach="act", about="plain HTTP"
    )


@requirement("rfc6749-10.8-no-resource-request-in-clear")
def test_no_resource_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, resource_request_in_the_clear(given, send), "a protected resource request")


@requirement("rfc6749-10.8-no-code-in-clear")
def test_no_code_is_sent_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send)

    expect.that(
        not probe.brought("code"), "no authorization code over plain HTTP", probe, breach="act", about="plain HTTP"
    )


@requirement("rfc6749-10.8-returned-scope-holds-no-secrets")
def test_a_returned_scope_holds_no_secrets(given: Given, expect: Expect) -> None:
    secrets = secrets_in_scope(given)

    expect.that(
        not secrets, "a scope without secrets", f"{' and '.join(secrets)} in the scope", breach="act", about="scope"
    )
