"""RFC 6749 section 10.1: client authentication."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.public_clients import public_client, refresh_guard
from conformance.procedures.redirects import missed_request


@requirement("rfc6749-10.1-public-client-otherwise-validated")
def test_a_public_client_is_checked_in_another_way(given: Given, send: Send, expect: Expect) -> None:
    client, response_type = public_client(given)

    found = missed_request(given, send, "foreign-uri", client, response_type)

    granted = found.answer.get("code") or found.answer.get("access_token")
    expect.that(
        not granted or found.answer.consented,
        "the unregistered redirection URI refused, or the resource owner asked",
        "neither: a grant sent to an unregistered redirection URI without a question",
        breach="act",
        about="refusal",
    )


@requirement("rfc6749-10.1-public-client-refresh-token-guarded")
def test_a_public_clients_refresh_token_is_guarded(given: Given, send: Send, expect: Expect) -> None:
    guard = refresh_guard(given, send)

    expect.that(
        guard.replaced or guard.refused_to_others,
        "a refresh token that is replaced when used, or refused to other clients",
        guard,
        about="refusal",
    )
