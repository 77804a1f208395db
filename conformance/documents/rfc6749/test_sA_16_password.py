"""RFC 6749 appendix A.16: "password" syntax."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.odd_characters import (
    by_each_line_break,
    right_account,
    value_with_text_inside,
    wrong_account,
)


@requirement("rfc6749-A.16-non-ascii-password-taken")
def test_a_right_password_beyond_ascii_is_taken(given: Given, send: Send, expect: Expect) -> None:
    reply = right_account(given, send, "password")

    expect(reply).issues_a_token()


@requirement("rfc6749-A.16-non-ascii-password-taken")
def test_a_wrong_password_beyond_ascii_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = wrong_account(given, send, "password")

    expect(reply).is_refused()


@requirement("rfc6749-A.16-password-with-line-break-refused")
@by_each_line_break
def test_a_password_with_a_line_break_is_refused(given: Given, send: Send, expect: Expect, line_break: str) -> None:
    # A success before each failure: servers that count failures in a row shall not lock the account.
    client = given.tokens("password").client

    reply = send.password(client, password=value_with_text_inside(given.owner().password, line_break))

    expect(reply).is_refused()
