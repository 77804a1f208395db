"""RFC 6749 section 4.1.3: how the client exchanges its code."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import authenticates, in_body, is_form_in_utf8, names_the_same
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-4.1.3-client-sends-form-body")
def test_a_code_is_exchanged_by_a_form(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("code exchange", "a form in UTF-8", is_form_in_utf8)


@requirement("rfc6749-4.1.3-client-sends-form-body")
def test_the_parameters_stand_in_the_body(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("code exchange", "grant_type and code in the body", in_body("grant_type", "code"))


@requirement("rfc6749-4.1.3-client-authenticates")
@needs("client_password")
def test_the_client_authenticates_with_its_code(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("code exchange", "client authentication", authenticates)


@requirement("rfc6749-4.1.3-client-authenticates")
@needs("client_password")
def test_the_client_authenticates_with_a_later_code(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", times=2)

    expect(login).every("code exchange", "client authentication", authenticates)


@requirement("rfc6749-4.1.3-client-repeats-redirect-uri")
def test_the_redirection_uri_is_named_again(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    fault = names_the_same(login, "redirect_uri")
    expect(login).every("code exchange", "the redirect_uri of the authorization request", fault)


@requirement("rfc6749-4.1.3-client-repeats-redirect-uri")
def test_the_redirection_uri_is_named_again_later(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", times=2)

    fault = names_the_same(login, "redirect_uri")
    expect(login).every("code exchange", "the redirect_uri of the authorization request", fault)
