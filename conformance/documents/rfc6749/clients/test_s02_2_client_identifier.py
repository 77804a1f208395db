"""RFC 6749 section 2.2: client identifiers have any size."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-2.2-identifier-size-not-assumed")
@pytest.mark.parametrize("size", [1, 600])
def test_an_identifier_of_any_size_works(serve: Serve, expect: Expect, size: int) -> None:
    login = serve.registered("c" * size)

    expect(login).bears_it()
