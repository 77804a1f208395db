"""RFC 8252 sections 5, 6, 8.2 and 8.12: how a native app sends its user away."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import by_browser, has, is_code, names_no_token
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement


@requirement("rfc8252-5-client-uses-external-user-agent")
def test_the_request_comes_from_outside_of_the_app(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a request of a user agent outside of the app", by_browser)


@requirement("rfc8252-6-client-opens-request-outside")
def test_the_request_is_handed_to_the_platform(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a request of the browser that the platform opens", by_browser)


@requirement("rfc8252-6-client-prefers-browser")
def test_the_user_agent_is_the_browser(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a request of the browser", by_browser)


@requirement("rfc8252-8.12-client-uses-no-embedded-user-agent")
def test_the_app_fetches_no_pages_itself(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a request of a user agent outside of the app", by_browser)


@requirement("rfc8252-6-client-uses-code-grant")
def test_a_code_is_asked_for(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "the response type code", is_code)


@requirement("rfc8252-6-client-implements-pkce")
def test_a_public_app_sends_a_challenge(serve: Serve, expect: Expect) -> None:
    login = serve.public()

    expect(login).every("start", "a code_challenge", has("code_challenge"))


@requirement("rfc8252-8.2-client-avoids-implicit")
def test_no_token_is_asked_of_the_authorization_endpoint(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a response type without token", names_no_token)
