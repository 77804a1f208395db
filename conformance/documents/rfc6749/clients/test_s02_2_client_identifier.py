"""RFC 6749 section 2.2: client identifiers have any size."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-2.2-identifier-size-not-assumed")
@pytest.mark.parametrize("misbehavior", ["identifier-short", "identifier-long"])
def test_an_identifier_of_any_size_works(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).bears_it()
