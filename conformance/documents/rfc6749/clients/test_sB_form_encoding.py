"""RFC 6749 appendix B: names and values of forms are encoded."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-B-client-escapes-values")
@needs("client_password")
@pytest.mark.parametrize("secret", ["a:b", "a%20b+c d", "&=#/?\\\"'"], ids=["colon", "escapes", "delimiters"])
def test_a_secret_with_odd_characters_works(serve: Serve, expect: Expect, secret: str) -> None:
    login = serve.registered(client_secret=f"odd-secret {secret}")

    expect(login).bears_it()


@requirement("rfc6749-B-client-escapes-values")
@pytest.mark.parametrize("identifier", ["client:1", "client 1+2", "client&1=%31"], ids=["colon", "blank", "escape"])
def test_an_identifier_with_odd_characters_works(serve: Serve, expect: Expect, identifier: str) -> None:
    login = serve.registered(identifier)

    expect(login).bears_it()
