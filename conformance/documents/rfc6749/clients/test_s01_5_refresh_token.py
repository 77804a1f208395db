"""RFC 6749 section 1.5: refresh tokens are for the authorization server."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import issued_values, without
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-1.5-refresh-token-kept-from-resources")
@needs("refresh_token")
@pytest.mark.parametrize("asked", ["refresh", "revocation"])
def test_no_request_to_the_resource_holds_a_refresh_token(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.attempt(asked)

    fault = without(issued_values(login, "refresh_token"), "a refresh token")
    expect(login).every("resource", "no refresh token in a request to a resource", fault)


@requirement("rfc6749-1.5-refresh-token-kept-from-resources")
@needs("refresh_token")
def test_a_resource_that_refuses_gets_no_refresh_token(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-refuses-tokens", until="resource")

    fault = without(issued_values(login, "refresh_token"), "a refresh token")
    expect(login).every("resource", "no refresh token in a request to a resource", fault)
