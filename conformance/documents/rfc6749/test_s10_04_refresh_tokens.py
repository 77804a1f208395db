"""RFC 6749 section 10.4: refresh tokens."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.plain_http import certificate_checked, expect_unserved, refresh_in_the_clear
from conformance.procedures.public_clients import replayed_refresh
from conformance.procedures.refreshing import refreshable_with_secret, refreshing_seen
from conformance.procedures.sampling import guessing_hint
from conformance.procedures.token_samples import (
    ALTERATIONS,
    FORGERIES,
    kept_refreshable,
    refresh_tokens,
)

by_response_type = pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)


@requirement("rfc6749-10.4-refresh-tokens-issued")
def test_the_issuing_of_refresh_tokens_is_noted(given: Given) -> None:
    tokens = given.refreshable()

    given.note(f"a refresh token is issued to [clients.{tokens.client.name}] by the grant {tokens.grant}")


@requirement("rfc6749-10.4-issued-refresh-token-works")
def test_an_issued_refresh_token_works(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshable()

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-10.4-refresh-token-not-through-user-agent")
@pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)
def test_no_refresh_token_passes_the_user_agent(given: Given, expect: Expect, response_type: str) -> None:
    answer = given.came_back(given.approval(None, response_type))

    expect.that(
        answer.get("refresh_token") is None, "no refresh token for the user agent", "one in the redirect", breach="act"
    )
    expect.that(
        all("refresh_token" not in page.text for page in answer.pages),
        "no refresh token in a page",
        "one in a page",
        breach="act",
    )


@requirement("rfc6749-10.4-binding-survives-refresh")
@pytest.mark.parametrize("which", ["used", "replacement"])
def test_refreshing_keeps_the_binding_to_the_client(given: Given, send: Send, expect: Expect, which: str) -> None:
    other = given.other_client()
    refreshing_seen(given, send, other)
    used = refreshable_with_secret(given, send)
    refreshed = {"used": used, "replacement": given.refreshed(used)}

    reply = send.refresh(refreshed[which], other)

    expect(reply).is_refused()
    given.control(refreshed["replacement"])


@requirement("rfc6749-10.4-refresh-only-over-tls")
def test_no_refresh_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, refresh_in_the_clear(given, send), "a refresh request")


@requirement("rfc6749-10.4-refresh-server-authenticated")
def test_the_refreshing_server_shows_a_good_certificate(given: Given, send: Send, expect: Expect) -> None:
    handshake = certificate_checked(given, send, "token")

    expect.that(handshake.succeeded, "a certificate that verifies for the token endpoint's host", handshake.failure)


@requirement("rfc6749-10.4-foreign-refresh-token-refused")
def test_another_clients_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    other = given.other_client()
    refreshing_seen(given, send, other)
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-10.4-refresh-without-credentials-refused")
def test_a_refresh_without_credentials_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, authentication="none")

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-10.4-public-refresh-token-replay-refused")
def test_a_public_clients_used_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = replayed_refresh(given, send)

    expect(reply).is_refused()


@requirement("rfc6749-10.4-refresh-tokens-unguessable")
def test_refresh_tokens_show_no_pattern(given: Given, expect: Expect) -> None:
    weakness = guessing_hint(refresh_tokens(given))

    given.note("no weakness seen")
    expect.that(weakness is None, "refresh tokens in which no weakness shows", weakness, breach="act")


@requirement("rfc6749-10.4-modified-refresh-token-refused")
@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_refresh_token_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    tokens = kept_refreshable(given)

    reply = send.refresh(tokens, refresh_token=ALTERATIONS[how](tokens.refresh_token or ""))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-10.4-invented-refresh-token-refused")
@pytest.mark.parametrize("how", FORGERIES)
def test_a_made_up_refresh_token_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    made_up = FORGERIES[how](refresh_tokens(given))
    tokens = kept_refreshable(given)

    reply = send.refresh(tokens, refresh_token=made_up)

    expect(reply).is_refused()
    given.control(tokens)
