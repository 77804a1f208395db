"""RFC 7009 section 2.1: revocation request. What a revocation does to tokens stands in a module of its own."""

from __future__ import annotations

import pytest

from conformance.documents.rfc7009.revocation_requests import (
    by_own_method,
    fresh_of_special,
    of_invented_token_with_wrong_secret,
    sent_changed,
    special_by_basic,
    with_token_escaped,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.send import FORM
from conformance.harness.tokens import TokenKind
from conformance.procedures.client_authentication import BY_BASIC, BY_BODY, by_basic, with_scheme
from conformance.procedures.revocation import (
    KINDS,
    accepted_revocation,
    answered_revocation,
    both_kinds,
    client_let_in,
    fresh_token,
    hinted_revocation,
    in_words,
    ordinary_revocation,
    plain_revocation,
    revocable_kind,
    revocation,
    revocation_of_kind,
    revoke,
    settled_revocation,
)
from conformance.procedures.revocation_refusals import by_other, reply_to_fault, with_secret, wrong_secret
from conformance.procedures.token_requests import with_content_type

owned_by = pytest.mark.parametrize("owner", ["confidential", "public"])


@requirement("rfc7009-2.1-form-encoded-body-accepted")
def test_a_form_in_the_body_takes_effect(given: Given, send: Send, expect: Expect) -> None:
    found = ordinary_revocation(given, send)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-form-encoded-body-accepted")
@pytest.mark.parametrize("media_type", [f"{FORM}; charset=UTF-8", FORM.title()], ids=["charset", "other-case"])
def test_the_media_type_may_be_written_otherwise(given: Given, send: Send, expect: Expect, media_type: str) -> None:
    found = sent_changed(given, send, lambda request: with_content_type(request, media_type))

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-percent-encoded-token-decoded")
def test_a_percent_encoded_token_is_decoded(given: Given, send: Send, expect: Expect) -> None:
    found = sent_changed(given, send, with_token_escaped)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-token-required")
def test_a_request_without_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_fault(given, send, "missing token")

    expect(reply).is_refused()


# The hint


@requirement("rfc7009-2.1-hint-not-needed")
@both_kinds
def test_no_hint_is_needed(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    revocation_of_kind(given, send, kind)

    found = plain_revocation(given, send, kind)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-matching-hint-accepted")
@both_kinds
def test_a_hint_that_fits_revokes(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    revocation_of_kind(given, send, kind)

    found = hinted_revocation(given, send, kind, kind)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-wrong-hint-refresh-token-revoked")
def test_a_refresh_token_with_the_wrong_hint_is_revoked(given: Given, send: Send, expect: Expect) -> None:
    revocation_of_kind(given, send, "refresh_token")

    found = hinted_revocation(given, send, "refresh_token", "access_token")

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-wrong-hint-access-token-revoked")
def test_an_access_token_with_the_wrong_hint_is_treated_alike(given: Given, send: Send, expect: Expect) -> None:
    without = settled_revocation(given, send, "access_token")

    found = hinted_revocation(given, send, "access_token", "refresh_token")

    expect.that(found.outcome == without.outcome, f"the same as with no or the right hint: {without}", found)


@requirement("rfc7009-2.1-hint-may-be-ignored")
@both_kinds
def test_what_difference_a_hint_makes(given: Given, send: Send, kind: TokenKind) -> None:
    other = next(each for each in KINDS if each != kind)

    right, wrong = hinted_revocation(given, send, kind, kind), hinted_revocation(given, send, kind, other)

    difference = "none" if right.outcome == wrong.outcome else f"{right}, against {wrong}"
    given.note(f"difference between the right and the wrong hint for the {in_words(kind)}: {difference}")


@requirement("rfc7009-2.1-defined-hint-values-understood")
@both_kinds
def test_a_defined_hint_causes_no_error(given: Given, send: Send, expect: Expect, kind: TokenKind) -> None:
    without = answered_revocation(given, send, kind)

    found = hinted_revocation(given, send, kind, kind)

    expect.that(found.reply.status == without.reply.status, f"as without a hint: {without.reply}", found.reply)
    expect.that(found.outcome[1] == without.outcome[1], f"as without a hint: {without.reply}", found.reply)


# Whose request it is


@requirement("rfc7009-2.1-client-authentication-accepted")
@pytest.mark.parametrize("method", [BY_BASIC, BY_BODY])
def test_a_client_authenticates_as_at_the_token_endpoint(given: Given, send: Send, expect: Expect, method: str) -> None:
    found = by_own_method(given, send, method)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-client-authentication-accepted")
def test_the_scheme_may_be_written_in_lower_case(given: Given, send: Send, expect: Expect) -> None:
    client = client_let_in(given, send, given.client_authenticating_by(BY_BASIC))
    token = fresh_token(given, revocable_kind(given, send), client)

    found = revocation(given, send, token, **with_scheme(client, "basic"))

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-basic-credentials-form-decoded")
def test_special_characters_in_basic_credentials_are_decoded(given: Given, send: Send, expect: Expect) -> None:
    special = special_by_basic(given)
    token = fresh_of_special(given, revocable_kind(given, send), special)

    found = revocation(given, send, token, special, authentication=BY_BASIC)

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-2.1-wrong-secret-revokes-nothing")
def test_a_wrong_secret_leaves_the_token(given: Given, send: Send, expect: Expect) -> None:
    client = with_secret(given, send)
    token = fresh_token(given, revocable_kind(given, send), client)

    revoke(given, send, token, wrong_secret(given, client))

    expect(token).is_active()


@requirement("rfc7009-2.1-missing-secret-revokes-nothing")
def test_a_missing_secret_leaves_the_token(given: Given, send: Send, expect: Expect) -> None:
    client = with_secret(given, send)
    token = fresh_token(given, revocable_kind(given, send), client)

    revoke(given, send, token, client, authentication="none")

    expect(token).is_active()


@requirement("rfc7009-2.1-credentials-checked-before-token")
def test_an_invented_token_doesnt_make_up_for_a_wrong_secret(given: Given, send: Send, expect: Expect) -> None:
    reply = of_invented_token_with_wrong_secret(given, send)

    expect(reply).is_refused()


@requirement("rfc7009-2.1-foreign-access-token-survives")
@owned_by
def test_another_clients_access_token_survives(given: Given, send: Send, expect: Expect, owner: str) -> None:
    revocation_of_kind(given, send, "access_token")

    found = by_other(given, send, "access_token", owner)

    expect.that(found.survived, "the token to be active still", found)


@requirement("rfc7009-2.1-foreign-refresh-token-survives")
@owned_by
def test_another_clients_refresh_token_survives(given: Given, send: Send, expect: Expect, owner: str) -> None:
    revocation_of_kind(given, send, "refresh_token")

    found = by_other(given, send, "refresh_token", owner)

    expect.that(found.survived, "the token to be active still", found)


@requirement("rfc7009-2.1-foreign-access-token-survives")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token"])
def test_no_hint_opens_another_clients_access_token(given: Given, send: Send, expect: Expect, hint: TokenKind) -> None:
    revocation_of_kind(given, send, "access_token")

    found = by_other(given, send, "access_token", hint=hint)

    expect.that(found.survived, "the token to be active still", found)


@requirement("rfc7009-2.1-foreign-refresh-token-survives")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token"])
def test_no_hint_opens_another_clients_refresh_token(given: Given, send: Send, expect: Expect, hint: TokenKind) -> None:
    revocation_of_kind(given, send, "refresh_token")

    found = by_other(given, send, "refresh_token", hint=hint)

    expect.that(found.survived, "the token to be active still", found)


@requirement("rfc7009-2.1-foreign-access-token-survives")
def test_who_authenticates_takes_no_other_clients_name(given: Given, send: Send, expect: Expect) -> None:
    revocation_of_kind(given, send, "access_token")
    token = fresh_token(given, "access_token", given.other_client())
    presenter = client_let_in(given, send, by_basic(given.client()))

    revoke(given, send, token, presenter, client_id=token.tokens.client.client_id)

    expect(token).is_active()


@requirement("rfc7009-2.1-failed-authentication-reported")
def test_failed_authentication_is_reported(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_fault(given, send, "wrong secret")

    expect(reply).is_refused()


@requirement("rfc7009-2.1-foreign-token-reported")
@owned_by
def test_another_clients_token_is_reported(given: Given, send: Send, expect: Expect, owner: str) -> None:
    found = by_other(given, send, accepted_revocation(given, send).token.kind, owner)

    expect(found.reply).is_refused()


@requirement("rfc7009-2.1-foreign-token-reported")
def test_another_clients_token_is_reported_to_a_public_client(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, accepted_revocation(given, send).token.kind, given.client("confidential"))

    reply = revoke(given, send, token, given.client("public"))

    expect(reply).is_refused()
