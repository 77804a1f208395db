"""RFC 6749 section 3.1: the authorization endpoint's URI, and the redirection endpoint of section 3.1.2."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.listener_pages import credentials_in_page, leads_elsewhere, scripts_of_others
from conformance.clients.rules import keeps_query, repeats_a_parameter
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement
KEPT = (("tenant", "a b"), ("version", "2"))


@requirement("rfc6749-3.1-client-keeps-endpoint-query")
def test_the_query_of_the_authorization_endpoint_is_kept(serve: Serve, expect: Expect) -> None:
    login = serve.login("authorization-endpoint-with-query", until="start")

    expect(login).every("start", "the query of the endpoint's URI beside the parameters", keeps_query(*KEPT))


@requirement("rfc6749-3.1-client-repeats-no-parameter")
def test_no_parameter_of_an_authorization_request_comes_twice(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "each parameter once", repeats_a_parameter)


@requirement("rfc6749-3.1-client-repeats-no-parameter")
def test_no_parameter_of_a_later_authorization_request_comes_twice(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", until="start", times=2)

    expect(login).every("start", "each parameter once", repeats_a_parameter)


@requirement("rfc6749-3.1.2-client-may-use-query")
def test_whether_the_redirection_uri_has_a_query(serve: Serve) -> None:
    uri = serve.own_redirect_uri()

    serve.note("the redirection URI has a query" if "?" in uri else "the redirection URI has no query")


@requirement("rfc6749-3.1.2.1-redirection-endpoint-uses-tls")
def test_a_redirection_endpoint_on_the_network_uses_tls(serve: Serve, expect: Expect) -> None:
    uri = serve.own_redirect_uri()

    expect.encrypted(uri)


@requirement("rfc6749-3.1.2.2-client-may-customize-by-state")
def test_whether_state_tells_requests_apart(serve: Serve) -> None:
    login = serve.honest()

    states = {sent.first("state") for sent in login.all("start")}
    serve.note("its requests are told apart by state" if states != {None} else "its requests have no state")


@requirement("rfc6749-3.1.2.5-no-third-party-scripts")
def test_the_redirection_endpoint_shows_no_scripts_of_others(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).page("no script of a third party", scripts_of_others)


@requirement("rfc6749-3.1.2.5-credentials-moved-out-of-uri")
def test_the_code_does_not_stay_in_the_address(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).page("another page, without the code in its address", credentials_in_page)


@requirement("rfc6749-10.15-client-no-open-redirector")
def test_the_redirection_endpoint_leads_nowhere_else(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-with-places")

    expect(login).page("no redirect to a place that a parameter names", leads_elsewhere)
