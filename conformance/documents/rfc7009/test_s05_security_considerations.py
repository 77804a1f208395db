"""RFC 7009 section 5: security considerations."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.documents.rfc7009.revocation_floods import hint_flood, is_decided, oversized_token
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.client_authentication import as_nobody, undecodable_credentials
from conformance.procedures.plain_http import certificate_checked
from conformance.procedures.revocation import client_let_in, fresh_token, revocable_kind, revocation, revoke
from conformance.procedures.revocation_refusals import by_other, unknown_client
from conformance.wire.throttling import is_throttled


@requirement("rfc7009-5-oversized-request-survived")
def test_an_oversized_request_is_survived(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send))

    reply = oversized_token(given, send)

    expect.that(is_decided(reply), "a decided answer to a very long token", reply)
    with given.throttled_answers():
        found = revocation(given, send, token)
    expect.that(
        found.ended or is_throttled(found.reply),
        f"{found.wanted}, revoked after the long token",
        found,
        breach="act",
        about="still active",
    )


@requirement("rfc7009-5-hint-flood-survived")
def test_a_burst_of_invented_hints_is_survived(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send))

    undecided = [reply for reply in hint_flood(given, send) if not is_decided(reply)]

    expect.that(not undecided, "a decided answer to each invented hint", ", ".join(map(str, undecided)))
    with given.throttled_answers():
        found = revocation(given, send, token)
    expect.that(
        found.ended or is_throttled(found.reply),
        f"{found.wanted}, revoked after the burst",
        found,
        breach="act",
        about="still active",
    )


@requirement("rfc7009-5-client-must-be-identified")
def test_a_request_of_nobody_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send))

    reply = revoke(given, send, token, authentication="absent")

    expect(reply).is_refused()
    expect(token).is_active()


@requirement("rfc7009-5-client-must-be-identified")
@pytest.mark.parametrize("nobody", [as_nobody(), undecodable_credentials("no-base64")], ids=["empty", "no-base64"])
def test_credentials_of_nobody_identify_no_client(
    given: Given, send: Send, expect: Expect, nobody: dict[str, Any]
) -> None:
    token = fresh_token(given, revocable_kind(given, send))

    reply = revoke(given, send, token, **nobody)

    expect(reply).is_refused()
    expect(token).is_active()


@requirement("rfc7009-5-unknown-client-refused")
def test_a_request_of_an_invented_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send))

    reply = revoke(given, send, token, unknown_client(given, token.tokens.client), authentication="none")

    expect(reply).is_refused()
    expect(token).is_active()


@requirement("rfc7009-5-public-client-id-suffices")
def test_a_public_client_revokes_its_own_token(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send), given.client("public"))

    found = revocation(given, send, token, authentication="none")

    expect.that(found.ended, found.wanted, found, breach="act", about="still active")


@requirement("rfc7009-5-token-must-belong-to-client")
def test_a_confidential_client_revokes_nobody_elses_token(given: Given, send: Send, expect: Expect) -> None:
    other = client_let_in(given, send, given.other_client())
    token = fresh_token(given, revocable_kind(given, send), given.client("confidential"))

    revoke(given, send, token, other)

    expect(token).is_active()


@requirement("rfc7009-5-token-must-belong-to-client")
def test_a_public_client_revokes_nobody_elses_token(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send), given.client("confidential"))

    revoke(given, send, token, given.client("public"))

    expect(token).is_active()


@requirement("rfc7009-5-token-must-belong-to-client")
def test_nobody_elses_client_revokes_a_public_clients_token(given: Given, send: Send, expect: Expect) -> None:
    found = by_other(given, send, revocable_kind(given, send), of="public")

    expect.that(found.survived, "the token to be active still", found)


@requirement("rfc7009-5-certificate-can-be-validated")
def test_the_certificate_validates(given: Given, send: Send, expect: Expect) -> None:
    found = certificate_checked(given, send, "revocation")

    expect.that(found.succeeded, "a certificate that validates for the host", found.failure)
