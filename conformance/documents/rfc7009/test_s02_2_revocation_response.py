"""RFC 7009 section 2.2: revocation response."""

from __future__ import annotations

from conformance.documents.rfc7009.revocation_effects import revoked_again
from conformance.documents.rfc7009.revocation_requests import (
    of_expired_access_token,
    of_invented_token_with_invented_hint,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.tokens import TokenKind
from conformance.procedures.revocation import (
    answered_revocation,
    both_kinds,
    hinted_revocation,
    judgment,
    public_client_let_in,
    revocation_of_kind,
    unknown_token,
)


@requirement("rfc7009-2.2-success-answered-with-200")
@both_kinds
def test_success_is_200(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    found = revocation_of_kind(given, send, kind)

    expect(found.reply).has_status(200)


@requirement("rfc7009-2.2-unknown-token-answered-with-200")
def test_an_invented_token_is_200(given: Given, send: Send, expect: Expect) -> None:
    reply = unknown_token(given, send)

    expect(reply).has_status(200)


@requirement("rfc7009-2.2-unknown-token-answered-with-200")
def test_an_invented_token_of_a_public_client_is_200(given: Given, send: Send, expect: Expect) -> None:
    client = public_client_let_in(given, send)

    reply = send.revocation(given.invented("token"), client)

    expect(reply).has_status(200)


@requirement("rfc7009-2.2-second-revocation-answered-with-200")
def test_a_second_revocation_is_200(given: Given, send: Send, expect: Expect) -> None:
    found = revoked_again(given, send)

    expect(found.reply).has_status(200)


@requirement("rfc7009-2.2-expired-token-answered-with-200")
def test_an_expired_token_is_200(given: Given, send: Send, expect: Expect) -> None:
    reply = of_expired_access_token(given, send)

    expect(reply).has_status(200)


@requirement("rfc7009-2.2-invalid-hint-ignored")
@both_kinds
def test_an_invented_hint_doesnt_matter(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    revocation_of_kind(given, send, kind)

    found = hinted_revocation(given, send, kind, "invented")

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.2-invalid-hint-same-answer")
@both_kinds
def test_an_invented_hint_doesnt_show_in_the_answer(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    without = answered_revocation(given, send, kind)

    found = hinted_revocation(given, send, kind, "invented")

    expect.that(judgment(found.reply) == judgment(without.reply), f"as without a hint: {without.reply}", found.reply)


@requirement("rfc7009-2.2-invalid-hint-same-answer")
def test_an_invented_hint_of_an_invented_token_doesnt_show(given: Given, send: Send, expect: Expect) -> None:
    without = unknown_token(given, send)

    reply = of_invented_token_with_invented_hint(given, send)

    expect.that(judgment(reply) == judgment(without), f"as without a hint: {without}", reply)
