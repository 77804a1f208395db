"""RFC 6749 section 1.5: refresh token."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.token_requests import token_request
from conformance.wire.exchange import Reply

BY_EACH_GRANT = pytest.mark.parametrize(
    "grant",
    [
        pytest.param(grant, marks=needs(grant))
        for grant in ("authorization_code", "password", "client_credentials", "refresh_token")
    ],
)


@requirement("rfc6749-1.5-refresh-token-issued")
@BY_EACH_GRANT
def test_a_refresh_token_may_come(given: Given, send: Send, grant: str) -> None:
    reply = given.issued(token_request(given, send, grant))

    given.note(f"{grant}: {'a' if reply.members.get('refresh_token') else 'no'} refresh token")


@requirement("rfc6749-1.5-refresh-token-beside-access-token")
@BY_EACH_GRANT
def test_no_refresh_token_comes_alone(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = given.accepted(token_request(given, send, grant), "an ordinary token request")

    expect.that(not is_refresh_token_alone(reply), "an access token beside the refresh token", reply)


@requirement("rfc6749-1.5-refresh-token-beside-access-token")
def test_no_refresh_token_comes_alone_for_a_named_scope(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshable()

    scope = (tokens.scope or tokens.asked_scope or "").split()
    reply = given.accepted(send.refresh(tokens, scope=scope[:1]), "a refresh for a granted scope")

    expect.that(not is_refresh_token_alone(reply), "an access token beside the refresh token", reply)


@requirement("rfc6749-1.5-refresh-token-opens-no-resource")
def test_a_refresh_token_opens_no_resource(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshable()
    with given.arranging():
        given.accepted(send.resource(tokens.access_token), "the protected resource with the access token")

    reply = send.resource(tokens.refresh_token)

    expect(reply).is_refused()
    given.control(tokens)


def is_refresh_token_alone(reply: Reply) -> bool:
    """Whether an answer hands out a refresh token and nothing that it is for."""
    return bool(reply.members.get("refresh_token")) and not reply.members.get("access_token")
