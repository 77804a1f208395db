"""RFC 6749 section 10.14: what the client shows of what it was told."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.listener_pages import holds_markup
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc6749-10.14-client-sanitizes-input")
@pytest.mark.parametrize("misbehavior", ["error-with-markup", "state-with-markup", "code-refused"])
def test_what_the_page_was_told_is_no_markup(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).page("no markup that the server sent", holds_markup)
