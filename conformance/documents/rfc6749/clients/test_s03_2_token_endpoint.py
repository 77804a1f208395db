"""RFC 6749 section 3.2: how the token endpoint is asked."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.playing import CLIENT_ID
from conformance.clients.rules import identifies, keeps_query, posted, repeats_a_parameter
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.occasions import OTHER_GRANTS

requirement, needs = pytest.mark.requirement, pytest.mark.needs
KEPT = (("tenant", "a b"), ("version", "2"))


@requirement("rfc6749-3.2-query-retained-by-client")
def test_the_query_of_the_token_endpoint_is_kept(serve: Serve, expect: Expect) -> None:
    login = serve.login("token-endpoint-with-query")

    expect(login).every("token", "the query of the endpoint's URI", keeps_query(*KEPT))


@requirement("rfc6749-3.2-query-retained-by-client")
@needs("refresh_token")
def test_the_query_is_kept_at_a_refresh(serve: Serve, expect: Expect) -> None:
    login = serve.login("token-endpoint-with-query", "refresh", until="refresh")

    expect(login).every("refresh", "the query of the endpoint's URI", keeps_query(*KEPT))


@requirement("rfc6749-3.2-client-uses-post")
def test_a_code_is_exchanged_by_post(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("token", "a POST request", posted)


@requirement("rfc6749-3.2-client-uses-post")
def test_no_redirect_makes_it_another_method(serve: Serve, expect: Expect) -> None:
    login = serve.login("token-redirects-to-http")

    expect(login).every("token", "a POST request", posted)


@requirement("rfc6749-3.2-client-uses-post")
@needs("refresh_token")
def test_tokens_are_refreshed_by_post(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh")

    expect(login).every("token", "a POST request", posted)


@requirement("rfc6749-3.2-client-uses-post")
@pytest.mark.parametrize("asked", OTHER_GRANTS)
def test_tokens_are_asked_for_by_post(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.honest(asked)

    expect(login).every("token", "a POST request", posted)


@requirement("rfc6749-3.2-client-repeats-no-parameter")
@pytest.mark.parametrize("asked", [*OTHER_GRANTS, "second_login"])
def test_no_parameter_of_another_token_request_comes_twice(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.honest(asked)

    expect(login).every("token", "each parameter once", repeats_a_parameter)


@requirement("rfc6749-3.2-client-repeats-no-parameter")
def test_no_parameter_of_a_code_exchange_comes_twice(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("token", "each parameter once", repeats_a_parameter)


@requirement("rfc6749-3.2-client-repeats-no-parameter")
@needs("refresh_token")
def test_no_parameter_of_a_refresh_request_comes_twice(serve: Serve, expect: Expect) -> None:
    login = serve.honest("refresh")

    expect(login).every("token", "each parameter once", repeats_a_parameter)


@requirement("rfc6749-3.2.1-client-id-identifies")
def test_whether_the_client_names_itself_in_the_body(serve: Serve) -> None:
    login = serve.honest()

    named = {sent.first("client_id") is not None for sent in login.all("token")}
    serve.note("it sends client_id" if True in named else "it leaves client_id to its authentication")


@requirement("rfc6749-3.2.1-client-sends-client-id")
def test_a_public_client_names_itself(serve: Serve, expect: Expect) -> None:
    login = serve.public()

    expect(login).every("code exchange", "the client's identifier", identifies(serve.client_id(CLIENT_ID)))
