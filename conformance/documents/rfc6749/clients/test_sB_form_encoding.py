"""RFC 6749 appendix B: names and values of forms are encoded."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.odd_credentials import IDENTIFIER, SECRET

requirement = pytest.mark.requirement


@requirement("rfc6749-B-client-escapes-values")
def test_credentials_with_odd_characters_work(serve: Serve, expect: Expect) -> None:
    login = serve.registered(IDENTIFIER, SECRET, *serve.able("refresh"))

    expect(login).bears_it()
