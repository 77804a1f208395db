"""RFC 9700 sections 4.2 and 4.3: what a client's pages and URIs give away."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.listener_pages import foreign_content
from conformance.clients.rules import issued_values, not_in_uri
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc9700-4.2.4-client-page-loads-nothing-foreign")
def test_the_page_behind_the_redirection_uri_keeps_to_its_host(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).page("nothing of other hosts, and no link to them", foreign_content)


@requirement("rfc9700-4.3.2-client-keeps-token-out-of-query")
def test_no_access_token_stands_in_a_uri(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).nothing(
        "no access token in a URI", not_in_uri(issued_values(login, "access_token"), "an access token")
    )


@requirement("rfc9700-4.3.2-client-keeps-token-out-of-query")
def test_no_access_token_that_was_refused_stands_in_a_uri(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-refuses-tokens", until="resource")

    expect(login).nothing(
        "no access token in a URI", not_in_uri(issued_values(login, "access_token"), "an access token")
    )
