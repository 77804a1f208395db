"""RFC 6749 section 2.3.1: how a client shows its password."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import basic_of, keeps_secret_out_of_body
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.occasions import EVERY_OTHER

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-2.3.1-client-may-use-basic")
@needs("client_password")
def test_whether_the_client_uses_basic(serve: Serve) -> None:
    login = serve.honest()

    uses = {bool(basic_of(sent)) for sent in login.all("token")}
    serve.note("it authenticates by HTTP Basic" if uses == {True} else "it authenticates otherwise than by HTTP Basic")


@requirement("rfc6749-2.3.1-client-prefers-basic")
@needs("client_password")
def test_the_secret_stays_out_of_the_body(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("token", "credentials in HTTP Basic, which the server takes", keeps_secret_out_of_body)


@requirement("rfc6749-2.3.1-client-prefers-basic")
@needs("client_password")
@pytest.mark.parametrize("asked", EVERY_OTHER)
def test_the_secret_stays_out_of_every_other_body(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.honest(asked)

    expect(login).nothing("credentials in HTTP Basic, which the server takes", keeps_secret_out_of_body)


@requirement("rfc6749-2.3.1-client-may-omit-empty-secret")
@needs("client_password")
def test_whether_an_empty_secret_is_sent(serve: Serve) -> None:
    login = serve.registered(client_secret="")

    told = {sent.first("client_secret") is None for sent in login.all("token")}
    serve.note("it leaves an empty client_secret out" if told == {True} else "it sends an empty client_secret")
