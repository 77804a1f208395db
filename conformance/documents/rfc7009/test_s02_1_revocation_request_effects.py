"""RFC 7009 section 2.1: revocation request, what it does to the token and to those related to it."""

from __future__ import annotations

import pytest

from conformance.documents.rfc7009.revocation_effects import (
    active_in_parallel,
    after_access_token,
    after_hinted_refresh_token,
    after_refresh_token,
    ending_its_own,
    in_use,
    revoked_again,
    seen_before,
)
from conformance.documents.rfc7009.whose_tokens import (
    by_whose,
    by_whose_access,
    revocation_by_own_client,
    revoked_before_another,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.tokens import TokenKind
from conformance.procedures.revocation import (
    both_kinds,
    effective_revocation,
    revocation_of_kind,
    revoke,
    served_revocation,
)
from conformance.procedures.token_families import refreshed_after_revocation, refreshed_beside_an_ended_grant


@requirement("rfc7009-2.1-revoked-access-token-invalid")
def test_a_revoked_access_token_is_invalid(given: Given, send: Send, expect: Expect) -> None:
    found = served_revocation(given, send, "access_token")

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revoked-refresh-token-invalid")
def test_a_revoked_refresh_token_is_invalid(given: Given, send: Send, expect: Expect) -> None:
    found = served_revocation(given, send, "refresh_token")

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revoked-access-token-invalid")
@by_whose_access
def test_a_revoked_access_token_is_invalid_whoever_has_it(given: Given, send: Send, expect: Expect, whose: str) -> None:
    found = revocation_by_own_client(given, send, "access_token", whose)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revoked-refresh-token-invalid")
@by_whose
def test_a_revoked_refresh_token_is_invalid_whoever_has_it(
    given: Given, send: Send, expect: Expect, whose: str
) -> None:
    found = revocation_by_own_client(given, send, "refresh_token", whose)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revocation-takes-effect-immediately")
@both_kinds
def test_the_first_use_after_a_revocation_fails(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    served_revocation(given, send, kind)
    token = in_use(given, kind)

    given.accepted(revoke(given, send, token), "an ordinary revocation")

    expect(token).is_inactive()


@requirement("rfc7009-2.1-revoked-token-stays-unusable")
def test_a_revoked_token_doesnt_come_back(given: Given, send: Send, expect: Expect) -> None:
    effective_revocation(given, send)

    found = revoked_again(given, send)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revoked-token-stays-unusable")
@both_kinds
def test_a_revoked_token_doesnt_come_back_by_anothers_revocation(
    given: Given, send: Send, expect: Expect, kind: TokenKind
) -> None:
    found = revoked_before_another(given, send, kind)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-revoked-token-stays-unusable")
@needs("refresh_token")
def test_a_revoked_token_doesnt_come_back_by_a_refresh(given: Given, send: Send, expect: Expect) -> None:
    found = refreshed_after_revocation(given, send)

    expect.that(not found.revived, "the revoked token to stay over", f"active by {', '.join(found.revived)}")


@requirement("rfc7009-2.1-revoked-token-stays-unusable")
@needs("refresh_token")
def test_tokens_of_an_ended_grant_dont_come_back_with_another(given: Given, send: Send, expect: Expect) -> None:
    found, _ = refreshed_beside_an_ended_grant(given, send)

    expect.that(not found.revived, "the ended token to stay over", f"active by {', '.join(found.revived)}")


@requirement("rfc7009-2.1-propagation-window-small")
def test_several_connections_see_the_end_at_once(given: Given, send: Send, expect: Expect) -> None:
    found = active_in_parallel(given, send)

    expect.that(
        not found, "no answer that takes the token for valid", f"{len(found)} of several in parallel", breach="act"
    )


@requirement("rfc7009-2.1-related-tokens-may-be-revoked")
def test_which_related_tokens_end(given: Given, send: Send) -> None:
    given.feature("refresh_token")

    given.note(f"access tokens of the grant, when the refresh token is revoked: {after_refresh_token(given, send)}")
    given.note(f"refresh token, when the access token is revoked: {after_access_token(given, send)}")


@requirement("rfc7009-2.1-refresh-revocation-ends-access-tokens")
def test_access_tokens_end_with_the_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    revocation_of_kind(given, send, "access_token")
    revocation_of_kind(given, send, "refresh_token")

    found = seen_before(after_refresh_token(given, send))

    expect.that(
        not found.after, "every access token of the grant to be inactive", found, breach="act", about="still active"
    )


@requirement("rfc7009-2.1-refresh-revocation-ends-access-tokens")
@pytest.mark.parametrize("hint", ["refresh_token", "access_token"])
def test_access_tokens_end_with_the_refresh_token_whatever_the_hint(
    given: Given, send: Send, expect: Expect, hint: TokenKind
) -> None:
    revocation_of_kind(given, send, "access_token")

    found = seen_before(after_hinted_refresh_token(given, send, hint))

    expect.that(
        not found.after, "every access token of the grant to be inactive", found, breach="act", about="still active"
    )


@requirement("rfc7009-2.1-refresh-revocation-ends-access-tokens")
def test_access_tokens_of_a_public_client_end_with_the_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    revocation_of_kind(given, send, "access_token")
    client = ending_its_own(given, send, given.client("public"))

    found = seen_before(after_refresh_token(given, send, client))

    expect.that(
        not found.after, "every access token of the grant to be inactive", found, breach="act", about="still active"
    )


@requirement("rfc7009-2.1-access-revocation-may-end-refresh")
def test_whether_the_refresh_token_ends_with_an_access_token(given: Given, send: Send) -> None:
    given.note(f"refresh token, when the access token is revoked: {after_access_token(given, send)}")
