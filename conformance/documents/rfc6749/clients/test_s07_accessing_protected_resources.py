"""RFC 6749 section 7: how the client uses its access token."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import issued_values, presents
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-7-client-presents-access-token")
def test_the_access_token_comes_with_the_request(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="resource")

    expect(login).all_of(
        "resource", "the access token that was issued", presents(*issued_values(login, "access_token"))
    )
