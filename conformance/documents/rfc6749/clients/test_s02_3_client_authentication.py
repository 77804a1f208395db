"""RFC 6749 section 2.3: a client authenticates in one way."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import by_several_methods
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs
ASKED = [
    pytest.param((), id="login"),
    *(
        pytest.param((name,), id=name, marks=needs(feature))
        for name, feature in (
            ("refresh", "refresh_token"),
            ("revocation", "revocation"),
            ("client_credentials", "client_credentials"),
            ("password", "password"),
        )
    ),
    pytest.param(("second_login",), id="second_login"),
    pytest.param(("second_issuer",), id="second_issuer"),
]


@requirement("rfc6749-2.3-client-uses-one-method")
@pytest.mark.parametrize("asked", ASKED)
def test_no_request_authenticates_in_two_ways(serve: Serve, expect: Expect, asked: tuple[str, ...]) -> None:
    login = serve.honest(*asked)

    expect(login).nothing("one method of client authentication", by_several_methods)
