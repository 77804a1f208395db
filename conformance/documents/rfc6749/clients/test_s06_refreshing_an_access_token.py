"""RFC 6749 section 6: how the client refreshes its tokens."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import authenticates, in_body, is_form_in_utf8, scope_within
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-6-client-refreshes-by-form")
@needs("refresh_token")
def test_tokens_are_refreshed_by_a_form(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh")

    expect(login).every("refresh", "a form in UTF-8", is_form_in_utf8)


@requirement("rfc6749-6-client-refreshes-by-form")
@needs("refresh_token")
def test_the_refresh_token_stands_in_the_body(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh")

    fault = in_body("grant_type", "refresh_token")
    expect(login).every("refresh", "grant_type and refresh_token in the body", fault)


@requirement("rfc6749-6-scope-optional")
@needs("refresh_token")
def test_whether_scope_is_asked_for(serve: Serve) -> None:
    login = serve.honest("refresh")

    named = {sent.first("scope") is not None for sent in login.all("refresh")}
    serve.note("it asks for a scope" if True in named else "it leaves scope out")


@requirement("rfc6749-6-client-asks-granted-scope")
@needs("refresh_token")
def test_no_scope_beyond_the_grant_is_asked_for(serve: Serve, expect: Expect) -> None:
    login = serve.login("scope-narrowed", "refresh", until="refresh")

    fault = scope_within(serve.scopes()[0])
    expect(login).every("refresh", "no scope beyond the one that was granted", fault)


@requirement("rfc6749-6-client-authenticates-to-refresh")
@needs("refresh_token", "client_password")
def test_the_client_authenticates(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh")

    expect(login).every("refresh", "client authentication", authenticates)


@requirement("rfc6749-6-client-replaces-refresh-token")
@needs("refresh_token")
def test_a_new_refresh_token_replaces_the_old_one(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh", until="refresh", times=2)

    expect(login).repeats_no("refresh", "refresh_token")
