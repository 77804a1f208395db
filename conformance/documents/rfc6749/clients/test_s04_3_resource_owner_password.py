"""RFC 6749 section 4.3: how the client uses the resource owner's password."""

import pytest

from conformance.clients.context import PASSWORD
from conformance.clients.expect import Expect
from conformance.clients.rules import authenticates, has_value, in_body
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-4.3.1-client-discards-credentials")
@needs("password", "refresh_token")
def test_the_password_is_sent_once(serve: Serve, expect: Expect) -> None:
    login = serve.attempt("password", "refresh")

    expect(login).sends_value_once(PASSWORD, "the resource owner's password, which came with the first request alone")


@requirement("rfc6749-4.3.2-parameters-in-the-body")
@needs("password")
def test_username_and_password_stand_in_the_body(serve: Serve, expect: Expect) -> None:
    login = serve.honest("password")

    fault = in_body("grant_type", "username", "password")
    expect(login).every("password", "grant_type, username and password in the body", fault)


@requirement("rfc6749-4.3.2-scope-optional")
@needs("password")
def test_whether_scope_is_asked_for(serve: Serve) -> None:
    login = serve.honest("password")

    named = {sent.first("scope") is not None for sent in login.all("password")}
    serve.note("it asks for a scope" if True in named else "it leaves scope out")


@requirement("rfc6749-4.3.2-client-authenticates")
@needs("password", "client_password")
def test_the_client_authenticates_with_the_password(serve: Serve, expect: Expect) -> None:
    login = serve.honest("password")

    expect(login).every("password", "client authentication", authenticates)


@requirement("rfc6749-B-client-encodes-utf8")
@needs("password")
def test_a_password_beyond_ascii_is_sent_in_utf8(serve: Serve, expect: Expect) -> None:
    login = serve.of_owner("zoë.łukasz", "pässwörd-✓-demo")

    expect(login).every("password", "the password in UTF-8", has_value("password", "pässwörd-✓-demo"))
