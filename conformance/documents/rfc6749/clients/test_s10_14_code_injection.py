"""RFC 6749 section 10.14: what the client shows of what it was told."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.pages import holds_markup
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-10.14-client-sanitizes-input")
def test_the_text_of_an_error_is_no_markup(serve: Serve, expect: Expect) -> None:
    login = serve.login("error-with-markup")

    expect(login).page("no markup that the server sent", holds_markup)
