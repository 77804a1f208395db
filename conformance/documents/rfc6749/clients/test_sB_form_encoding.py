"""RFC 6749 appendix B: names and values of forms are encoded."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.odd_credentials import ODD

requirement = pytest.mark.requirement


@requirement("rfc6749-B-client-escapes-values")
@pytest.mark.parametrize(("identifier", "secret"), ODD.values(), ids=ODD)
def test_credentials_with_odd_characters_work(serve: Serve, expect: Expect, identifier: str, secret: str) -> None:
    login = serve.registered(identifier, secret)

    expect(login).bears_it()
