"""RFC 6749 appendix A.17: "refresh_token" syntax."""

from __future__ import annotations

from conformance.documents.rfc6749.texts_in_answers import strings
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.odd_characters import by_each_way, refresh_tokens_presented
from conformance.procedures.token_responses import by_each_grant, token_response


@requirement("rfc6749-A.17-issued-refresh-token-printable")
def test_a_refresh_token_is_printable(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.observed("tokens with a refresh token", given.refreshable)

    expect.syntax("refresh_token", tokens.refresh_token or "")


@requirement("rfc6749-A.17-issued-refresh-token-printable")
@by_each_grant("password", "authorization_code", "refresh_token")
def test_a_refresh_token_of_each_grant_is_printable(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = token_response(given, send, grant)

    expect.syntax("refresh_token", strings(reply, "refresh_token"))


@requirement("rfc6749-A.17-nonprintable-refresh-token-refused")
@by_each_way
def test_a_refresh_token_that_is_not_printable_is_refused(given: Given, send: Send, expect: Expect, way: str) -> None:
    reply = refresh_tokens_presented(given, send)[way]

    expect(reply).issues_nothing()
