"""RFC 7009 section 2.2.1: error response."""

from __future__ import annotations

import pytest

from conformance.documents.rfc7009.revocation_floods import hint_flood
from conformance.documents.rfc7009.revocation_requests import (
    expect_well_formed,
    hostile_refusal,
    of_unrevoked_access_token,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.client_authentication import told_as_failed
from conformance.procedures.revocation import UNSUPPORTED, Appearing
from conformance.procedures.revocation_refusals import (
    by_each_fault,
    in_someone_elses_name,
    refusal,
    unknown_client,
    with_undecodable_credentials,
    wrong_secret,
)
from conformance.wire.challenges import schemes
from conformance.wire.registries import TOKEN_ERRORS

CODES = (*TOKEN_ERRORS, UNSUPPORTED)
CODE_TOLD = ("missing token", "wrong secret", "unknown client")
# RFC 6749 section 5.2 has 401 for clients that fail to authenticate, and 400 for all else.
STATUSES = {
    "missing token": (400,),
    "wrong secret": (400, 401),
    "unknown client": (400, 401),
    "foreign token": (400, 401),
}


@requirement("rfc7009-2.2.1-errors-are-json")
@by_each_fault()
def test_errors_are_json(given: Given, send: Send, expect: Expect, fault: str) -> None:
    reply = refusal(given, send, fault)

    expect(reply).has_media_type("application/json")
    expect(reply).is_a_json_object()
    expect(reply).has_member("error", str)


@requirement("rfc7009-2.2.1-error-status")
@by_each_fault()
def test_the_status_of_an_error(given: Given, send: Send, expect: Expect, fault: str) -> None:
    reply = refusal(given, send, fault)

    expect(reply).has_status(*STATUSES[fault])


@requirement("rfc7009-2.2.1-error-code-defined")
@by_each_fault(*CODE_TOLD)
def test_the_error_code_is_a_defined_one(given: Given, send: Send, expect: Expect, fault: str) -> None:
    reply = refusal(given, send, fault)

    expect.that(reply.members.get("error") in CODES, f"one of {', '.join(CODES)}", reply, about="error code")


@requirement("rfc7009-2.2.1-missing-token-invalid-request")
def test_a_missing_token_is_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    reply = refusal(given, send, "missing token")

    expect(reply).is_an_error("invalid_request")


@requirement("rfc7009-2.2.1-failed-authentication-invalid-client")
@by_each_fault("wrong secret", "unknown client")
def test_failed_authentication_is_invalid_client(given: Given, send: Send, expect: Expect, fault: str) -> None:
    reply = refusal(given, send, fault)

    expect(reply).is_an_error("invalid_client")


@requirement("rfc7009-2.2.1-basic-failure-challenged")
@pytest.mark.parametrize("appearing", [wrong_secret, unknown_client], ids=["wrong-secret", "unknown-client"])
def test_failed_authentication_in_the_header_is_challenged(
    given: Given, send: Send, expect: Expect, appearing: Appearing
) -> None:
    reply = in_someone_elses_name(given, send, appearing)

    expect(reply).has_status(401)
    expect.that("basic" in schemes(reply), "a WWW-Authenticate challenge of the scheme Basic", reply)


@requirement("rfc7009-2.2.1-basic-failure-challenged")
@pytest.mark.parametrize("how", ["no-base64", "no-colon"])
def test_undecodable_authentication_in_the_header_is_challenged(
    given: Given, send: Send, expect: Expect, how: str
) -> None:
    reply = told_as_failed(with_undecodable_credentials(given, send, how))

    expect(reply).has_status(401)
    expect.that("basic" in schemes(reply), "a WWW-Authenticate challenge of the scheme Basic", reply)


@requirement("rfc7009-2.2.1-error-members-well-formed")
@pytest.mark.parametrize("where", ["token_type_hint", "client_id", "name"])
def test_members_of_an_error_are_well_formed(given: Given, send: Send, expect: Expect, where: str) -> None:
    reply = hostile_refusal(given, send, where)

    expect(reply).is_refused()
    expect_well_formed(expect, reply)


@requirement("rfc7009-2.2.1-unsupported-token-type-error")
def test_what_cant_be_revoked_is_called_unsupported(given: Given, send: Send, expect: Expect) -> None:
    reply = of_unrevoked_access_token(given, send)

    expect(reply).is_an_error(UNSUPPORTED)


@requirement("rfc7009-2.2.1-retry-after-on-503")
def test_whether_a_503_says_how_long(given: Given, send: Send) -> None:
    replies = [reply for reply in hint_flood(given, send) if reply.status == 503]

    told = sum(reply.header("Retry-After") is not None for reply in replies)
    given.note(f"answers with status 503 to a burst of requests: {len(replies)}, of them with Retry-After: {told}")
