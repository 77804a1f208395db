"""RFC 6749 section 5.2: what the client makes of an error."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-5.2-error-order-irrelevant")
def test_the_order_of_members_is_irrelevant(serve: Serve, expect: Expect) -> None:
    usual = serve.login("code-refused")

    login = serve.login("code-refused-in-another-order")

    expect(login).ends_as(usual)
