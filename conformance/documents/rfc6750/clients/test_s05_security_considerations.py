"""RFC 6750 sections 3.1 and 5: to whom a client shows its tokens, and what it does where one is refused."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import in_the_clear, issued_values, kept_apart, only_to, without
from conformance.clients.serve import Serve
from conformance.documents.rfc6750.clients.token_requests import login_with_token_use, token_in_url

requirement, needs = pytest.mark.requirement, pytest.mark.needs
OCCASIONS = [
    "login",
    *(
        pytest.param(name, marks=needs(feature))
        for name, feature in (
            ("refresh", "refresh_token"),
            ("client_credentials", "client_credentials"),
            ("password", "password"),
        )
    ),
    "refused",
    "second_login",
    "second_issuer",
]
HOLDERS = ("resource", "revocation")
ASKED = [
    pytest.param((), id="login"),
    pytest.param(("refresh",), id="refresh", marks=needs("refresh_token")),
    pytest.param(("revocation",), id="revocation", marks=needs("revocation")),
    pytest.param(("second_login",), id="second_login"),
]


@requirement("rfc6750-3.1-client-may-retry")
def test_what_follows_a_refused_token(serve: Serve) -> None:
    login = serve.login("resource-refuses-tokens", until="resource")

    again = login.has("refresh") or len(login.all("start")) > 1
    serve.note("it gets a new token" if again else "it ends")


@requirement("rfc6750-5.2-client-validates-certificate")
@pytest.mark.parametrize("certificate", ["expired", "unknown-authority"])
def test_the_chain_of_the_resource_is_validated(serve: Serve, expect: Expect, certificate: str) -> None:
    login = serve.login(f"resource-at-{certificate}", until="resource")

    expect(login).refuses("resource")


@requirement("rfc6750-5.2-client-verifies-resource-server")
def test_the_identity_of_the_resource_is_verified(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-at-other-host", until="resource")

    expect(login).refuses("resource")


@requirement("rfc6750-5.3-client-keeps-tokens-from-others")
@pytest.mark.parametrize("asked", ASKED)
def test_access_tokens_are_shown_to_resources_alone(serve: Serve, expect: Expect, asked: tuple[str, ...]) -> None:
    login = serve.honest(*asked, until="resource")

    fault = only_to(HOLDERS, without(issued_values(login, "access_token"), "an access token"))
    expect(login).nothing("access tokens at the resource, and where they are revoked", fault)


@requirement("rfc6750-5.3-client-keeps-tokens-from-others")
def test_access_tokens_of_one_server_are_not_shown_to_another(serve: Serve, expect: Expect) -> None:
    login = serve.two_servers()

    fault = kept_apart(login, "access_token", "an access token of the other server")
    expect(login).nothing("no token of one server at another", fault)


@requirement("rfc6750-5.3-client-keeps-tokens-from-others")
def test_an_access_token_does_not_follow_a_redirect_in_the_clear(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-redirects-to-http", until="resource")

    expect(login).avoids("no access token where a redirect leads", in_the_clear)


@requirement("rfc6750-5.3-client-always-uses-tls")
@pytest.mark.parametrize("misbehavior", ["resource-at-http", "resource-redirects-to-http"])
def test_tokens_are_sent_over_tls(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior, until="resource")

    expect(login).avoids("no token over plain HTTP", in_the_clear)


@requirement("rfc6750-5.3-tokens-not-in-page-urls")
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_no_token_stands_in_a_url(serve: Serve, expect: Expect, occasion: str) -> None:
    login = login_with_token_use(serve, occasion)

    expect(login).nothing("no access token in a URL", token_in_url(login))
