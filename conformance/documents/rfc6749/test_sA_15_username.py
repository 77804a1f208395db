"""RFC 6749 appendix A.15: "username" syntax."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.odd_characters import (
    by_each_line_break,
    right_account,
    value_with_text_inside,
    wrong_account,
)


@requirement("rfc6749-A.15-non-ascii-username-taken")
def test_a_right_username_beyond_ascii_is_taken(given: Given, send: Send, expect: Expect) -> None:
    reply = right_account(given, send, "username")

    expect(reply).issues_a_token()


@requirement("rfc6749-A.15-non-ascii-username-taken")
def test_a_wrong_username_beyond_ascii_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = wrong_account(given, send, "username")

    expect(reply).is_refused()


@requirement("rfc6749-A.15-username-with-line-break-refused")
@by_each_line_break
def test_a_username_with_a_line_break_is_refused(given: Given, send: Send, expect: Expect, line_break: str) -> None:
    # A success before each failure: servers that count failures in a row shall not lock the account.
    client = given.tokens("password").client

    reply = send.password(client, username=value_with_text_inside(given.owner().username, line_break))

    expect(reply).is_refused()
