"""RFC 6749 section 4.1.1: what the client sends the resource owner away with."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import by_browser, has, has_value
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.odd_credentials import IDENTIFIER, SECRET

requirement = pytest.mark.requirement


@requirement("rfc6749-4.1.1-client-builds-query")
def test_the_parameters_stand_in_the_query(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "response_type and client_id, once each", has("response_type", "client_id"))


@requirement("rfc6749-4.1.1-client-builds-query")
def test_odd_characters_are_encoded(serve: Serve, expect: Expect) -> None:
    login = serve.registered(IDENTIFIER, SECRET, *serve.able("refresh"))

    expect(login).every("start", "the identifier as it was registered", has_value("client_id", IDENTIFIER))


@requirement("rfc6749-4.1.1-client-builds-query")
def test_the_parameters_stand_beside_a_query(serve: Serve, expect: Expect) -> None:
    login = serve.login("authorization-endpoint-with-query", until="start")

    expect(login).every("start", "response_type and client_id, once each", has("response_type", "client_id"))


@requirement("rfc6749-4.1.1-redirect-uri-optional")
def test_whether_the_redirection_uri_is_named(serve: Serve) -> None:
    login = serve.honest(until="start")

    named = {sent.first("redirect_uri") is not None for sent in login.all("start")}
    serve.note("it names its redirection URI" if True in named else "it leaves redirect_uri out")


@requirement("rfc6749-4.1.1-scope-optional")
def test_whether_scope_is_asked_for(serve: Serve) -> None:
    login = serve.honest(until="start")

    named = {sent.first("scope") is not None for sent in login.all("start")}
    serve.note("it asks for a scope" if True in named else "it leaves scope out")


@requirement("rfc6749-4.1.1-client-sends-state")
def test_each_request_has_a_state(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a state", has("state"))


@requirement("rfc6749-4.1.1-state-guards-against-forgery")
def test_an_answer_with_a_foreign_state_is_dropped(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-nobody")

    expect(login).refuses("code exchange")


@requirement("rfc6749-4.1.1-client-directs-user-agent")
def test_the_request_comes_from_the_browser(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a request of the resource owner's browser", by_browser)
