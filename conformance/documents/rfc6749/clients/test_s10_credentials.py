"""RFC 6749 sections 10.1, 10.3, 10.4, 10.8 and 10.9: secrets go to the server that they are for, over TLS."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import (
    code_in_the_clear,
    holds,
    in_the_clear,
    issued_values,
    kept_apart,
    not_in_uri,
    only_to,
    secrets_kept_apart,
    secrets_of,
    without,
)
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.occasions import REFRESH

requirement, needs = pytest.mark.requirement, pytest.mark.needs
BAD = ("expired", "other-host", "unknown-authority")
INSECURE = (*BAD, "http")
ASKED = [
    pytest.param((), id="login"),
    pytest.param(("refresh",), id="refresh", marks=needs("refresh_token")),
    pytest.param(("revocation",), id="revocation", marks=needs("revocation")),
    pytest.param(("client_credentials",), id="client_credentials", marks=needs("client_credentials")),
    pytest.param(("password",), id="password", marks=needs("password")),
    pytest.param(("second_login",), id="second_login"),
    pytest.param(("second_issuer",), id="second_issuer"),
]


@requirement("rfc6749-10.1-web-client-keeps-credentials")
@pytest.mark.parametrize("asked", ASKED)
def test_the_secret_goes_to_the_server_alone(serve: Serve, expect: Expect, asked: tuple[str, ...]) -> None:
    login = serve.honest(*asked, until="start")

    fault = only_to(("token", "revocation"), without(secrets_of(login), "the secret"))
    expect(login).nothing("the secret at no endpoint but those that ask for it", fault)


@requirement("rfc6749-10.1-web-client-keeps-credentials")
@pytest.mark.parametrize("asked", ASKED)
def test_the_secret_stands_in_no_uri(serve: Serve, expect: Expect, asked: tuple[str, ...]) -> None:
    login = serve.honest(*asked, until="start")

    fault = not_in_uri(secrets_of(login), "the secret")
    expect(login).nothing("the secret in no URI, which logs and histories keep", fault)


@requirement("rfc6749-10.1-web-client-keeps-credentials")
def test_the_secret_of_one_server_goes_to_no_other(serve: Serve, expect: Expect) -> None:
    login = serve.of_two_servers()

    expect(login).nothing("the secret at the server that it is for", secrets_kept_apart(login))


@requirement("rfc6749-10.3-client-keeps-access-token")
@pytest.mark.parametrize("asked", [REFRESH, "second_login"])
def test_an_access_token_goes_to_the_resource_alone_later(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.honest(asked)

    fault = only_to(("resource", "revocation"), without(issued_values(login, "access_token"), "the access token"))
    expect(login).nothing("the access token at the resource alone", fault)


@requirement("rfc6749-10.3-client-keeps-access-token")
def test_the_access_token_goes_to_the_resource_alone(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    fault = only_to(("resource", "revocation"), without(issued_values(login, "access_token"), "the access token"))
    expect(login).nothing("the access token at the resource alone", fault)


@requirement("rfc6749-10.3-client-sends-access-token-over-tls")
@pytest.mark.parametrize("listener", INSECURE)
def test_no_access_token_goes_to_a_resource_that_cannot_be_verified(
    serve: Serve, expect: Expect, listener: str
) -> None:
    login = serve.login(f"resource-at-{listener}", until="resource")

    expect(login).refuses("resource")


@requirement("rfc6749-10.4-client-keeps-refresh-token")
@needs("refresh_token")
@pytest.mark.parametrize("asked", ["refresh", "revocation", "second_login"])
def test_the_refresh_token_goes_to_the_server_alone(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.attempt(asked)

    fault = only_to(("token", "revocation"), without(issued_values(login, "refresh_token"), "the refresh token"))
    expect(login).nothing("the refresh token at the authorization server alone", fault)


@requirement("rfc6749-10.4-client-keeps-refresh-token")
@needs("refresh_token")
def test_a_resource_that_refuses_learns_no_refresh_token(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-refuses-tokens", until="resource")

    fault = only_to(("token", "revocation"), without(issued_values(login, "refresh_token"), "the refresh token"))
    expect(login).nothing("the refresh token at the authorization server alone", fault)


@requirement("rfc6749-10.4-client-keeps-refresh-token")
@needs("refresh_token")
def test_the_refresh_token_of_one_server_goes_to_no_other(serve: Serve, expect: Expect) -> None:
    login = serve.two_servers()

    fault = kept_apart(login, "refresh_token", "a refresh token of the other server")
    expect(login).nothing("refresh tokens at the server that issued them", fault)


@requirement("rfc6749-10.4-client-sends-refresh-token-over-tls")
@needs("refresh_token", "revocation")
@pytest.mark.parametrize("listener", INSECURE)
def test_no_token_is_revoked_at_a_server_that_cannot_be_verified(serve: Serve, expect: Expect, listener: str) -> None:
    login = serve.login(f"revocation-at-{listener}", "revocation", until="revocation")

    expect(login).refuses("revocation")


@requirement("rfc6749-10.5-client-redirect-uri-over-tls")
def test_a_redirection_uri_on_the_network_uses_tls(serve: Serve, expect: Expect) -> None:
    uri = serve.own_redirect_uri()

    expect.encrypted(uri)


@requirement("rfc6749-10.8-client-sends-no-secret-in-clear")
def test_no_secret_goes_to_a_token_endpoint_at_plain_http(serve: Serve, expect: Expect) -> None:
    login = serve.login("token-at-http")

    expect(login).nothing("no credential over plain HTTP", in_the_clear)


@requirement("rfc6749-10.8-client-sends-no-secret-in-clear")
@pytest.mark.parametrize(
    ("misbehavior", "until"), [("token-redirects-to-http", "code exchange"), ("resource-redirects-to-http", "resource")]
)
def test_no_secret_follows_a_redirect_to_plain_http(serve: Serve, expect: Expect, misbehavior: str, until: str) -> None:
    login = serve.login(misbehavior, until=until)

    expect(login).nothing("no credential over plain HTTP", in_the_clear)


@requirement("rfc6749-10.8-client-sends-no-code-in-clear")
@pytest.mark.parametrize("misbehavior", ["token-at-http", "token-redirects-to-http"])
def test_no_code_goes_to_plain_http(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).nothing("no code over plain HTTP", code_in_the_clear)


@requirement("rfc6749-10.8-client-state-holds-no-secrets")
def test_state_and_scope_hold_no_secret(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    verifiers = [sent.first("code_verifier") or "" for sent in login.all("code exchange")]
    fault = holds(
        ("state", "scope"), [login.stage.credentials.client_secret or "", *verifiers], "a secret in plain text"
    )
    expect(login).every("start", "no secret in state or scope", fault)


@requirement("rfc6749-10.9-client-validates-certificate")
@pytest.mark.parametrize("certificate", BAD)
def test_nothing_is_sent_to_a_token_endpoint_that_cannot_be_verified(
    serve: Serve, expect: Expect, certificate: str
) -> None:
    login = serve.login(f"token-at-{certificate}")

    expect(login).refuses("token")
