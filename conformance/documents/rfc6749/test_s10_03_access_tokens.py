"""RFC 6749 section 10.3: access tokens."""

from __future__ import annotations

import pytest

from conformance.documents.rfc6749.client_scopes import scope_of_another_client
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.plain_http import (
    certificate_checked,
    expect_unserved,
    resource_request_in_the_clear,
    token_request_in_the_clear,
)
from conformance.procedures.resource_access import resource_grant
from conformance.procedures.sampling import guessing_hint
from conformance.procedures.scopes import obtained_scope
from conformance.procedures.token_samples import (
    ALTERATIONS,
    FORGERIES,
    access_tokens,
    asked_about,
)
from conformance.profile.target import Target

by_response_type = pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)


@requirement("rfc6749-10.3-access-token-kept-out-of-query")
@pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)
def test_no_access_token_stands_in_a_query_or_page(given: Given, expect: Expect, response_type: str) -> None:
    answer = given.came_back(given.approval(None, response_type))

    names = [name for name, _ in answer.query]
    token = answer.get("access_token") or "access_token="
    before = [page for page in answer.pages if page is not answer.reply]
    expect.that(
        "access_token" not in names,
        "no access token in the query of the redirect",
        "access_token in the query",
        breach="act",
        about="access_token",
    )
    expect.that(
        all(token not in page.text for page in before), "no access token in a page", "one in a page", breach="act"
    )


@requirement("rfc6749-10.3-access-token-only-over-tls")
def test_no_access_token_is_issued_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, token_request_in_the_clear(given, send), "a token request")


@requirement("rfc6749-10.3-access-token-server-authenticated")
def test_the_issuing_server_shows_a_good_certificate(given: Given, send: Send, expect: Expect) -> None:
    handshake = certificate_checked(given, send, "token")

    expect.that(handshake.succeeded, "a certificate that verifies for the token endpoint's host", handshake.failure)


@requirement("rfc6749-10.3-resource-only-over-tls")
def test_a_protected_resource_is_not_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, resource_request_in_the_clear(given, send), "a protected resource request")


@requirement("rfc6749-10.3-access-tokens-unguessable")
def test_access_tokens_show_no_pattern(given: Given, expect: Expect) -> None:
    weakness = guessing_hint(access_tokens(given))

    given.note("no weakness seen")
    expect.that(weakness is None, "access tokens in which no weakness shows", weakness, breach="act")


@requirement("rfc6749-10.3-modified-access-token-not-accepted")
@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_access_token_is_worthless(given: Given, expect: Expect, how: str) -> None:
    live = given.active_token(given.tokens())

    expect(asked_about(live, ALTERATIONS[how](live.value))).is_inactive()
    given.control(live)


@requirement("rfc6749-10.3-invented-access-token-not-accepted")
@pytest.mark.parametrize("how", FORGERIES)
def test_a_made_up_access_token_is_worthless(given: Given, expect: Expect, how: str) -> None:
    made_up = FORGERIES[how](access_tokens(given))
    live = given.active_token(given.tokens(resource_grant(given)))  # so that the resource may tell as well

    expect(asked_about(live, made_up)).is_inactive()
    given.control(live)


@requirement("rfc6749-10.3-scope-depends-on-client")
def test_a_scope_of_another_client_is_not_granted(given: Given, send: Send, expect: Expect, target: Target) -> None:
    scope, grant, client = scope_of_another_client(given, send, target)

    found = obtained_scope(given, send, scope, grant, client)

    expect.that(
        scope not in found.granted,
        f"the scope {scope} not to be granted to this client",
        found,
        breach="act",
        about="scope",
    )


@requirement("rfc6749-10.3-fewer-rights-than-asked")
def test_fewer_rights_than_asked_for_are_noted(given: Given) -> None:
    tokens = given.tokens()

    asked = frozenset((tokens.asked_scope or "").split())
    given.note(f"asked for {len(asked)} scopes, got {len(asked & tokens.granted)} of them")
