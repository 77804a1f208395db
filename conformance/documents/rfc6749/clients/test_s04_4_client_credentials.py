"""RFC 6749 section 4.4: how the client uses its own credentials."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import authenticates, in_body
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-4.4-client-is-confidential")
@needs("client_credentials")
def test_only_a_client_with_credentials_uses_the_grant(serve: Serve, expect: Expect) -> None:
    login = serve.attempt("client_credentials")

    expect(login).every("client credentials", "the credentials of a confidential client", authenticates)


@requirement("rfc6749-4.4.2-parameters-in-the-body")
@needs("client_credentials")
def test_the_parameters_stand_in_the_body(serve: Serve, expect: Expect) -> None:
    login = serve.honest("client_credentials")

    expect(login).every("client credentials", "grant_type in the body", in_body("grant_type"))


@requirement("rfc6749-4.4.2-scope-optional")
@needs("client_credentials")
def test_whether_scope_is_asked_for(serve: Serve) -> None:
    login = serve.honest("client_credentials")

    named = {sent.first("scope") is not None for sent in login.all("client credentials")}
    serve.note("it asks for a scope" if True in named else "it leaves scope out")


@requirement("rfc6749-4.4.2-client-authenticates")
@needs("client_credentials", "client_password")
def test_the_client_authenticates(serve: Serve, expect: Expect) -> None:
    login = serve.honest("client_credentials")

    expect(login).every("client credentials", "client authentication", authenticates)
