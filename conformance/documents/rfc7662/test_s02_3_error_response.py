"""RFC 7662 section 2.3: error response."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.client_authentication import told_as_failed
from conformance.procedures.inactive_tokens import ENDS, Procedure
from conformance.procedures.introspection import expect_inactive
from conformance.procedures.introspection_callers import (
    answer_to_barred,
    as_described,
    expired_bearer,
    invented_bearer,
    reply_to_undecodable_credentials,
    revoked_bearer,
    unknown_client,
    unprivileged_bearer,
    wrong_secret,
)

bad_credentials = pytest.mark.parametrize(
    "call", [wrong_secret, unknown_client], ids=["wrong-secret", "unknown-client"]
)
bad_bearers = pytest.mark.parametrize(
    "call",
    [
        pytest.param(invented_bearer, id="invented"),
        pytest.param(expired_bearer, id="expired"),
        pytest.param(revoked_bearer, id="revoked", marks=needs("revocation")),
    ],
)


@requirement("rfc7662-2.3-bad-client-credentials-401")
@bad_credentials
def test_bad_credentials_in_the_header_get_401(given: Given, send: Send, expect: Expect, call: Procedure) -> None:
    reply = call(given, send)

    expect(reply).has_status(401)


@requirement("rfc7662-2.3-bad-client-credentials-401")
def test_bad_credentials_in_the_body_get_400_or_401(given: Given, send: Send, expect: Expect) -> None:
    reply = wrong_secret(given, send, "client_secret_post")

    # RFC 6749 section 5.2, which is referred to, leaves both open here.
    expect(reply).has_status(400, 401)


@requirement("rfc7662-2.3-bad-client-credentials-challenged")
@bad_credentials
def test_bad_credentials_in_the_header_are_challenged(
    given: Given, send: Send, expect: Expect, call: Procedure
) -> None:
    reply = as_described(call(given, send))

    expect(reply).challenges_with("Basic")


@requirement("rfc7662-2.3-bad-client-credentials-401")
@pytest.mark.parametrize("how", ["no-base64", "no-colon"])
def test_undecodable_credentials_get_401(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = told_as_failed(reply_to_undecodable_credentials(given, send, how))

    expect(reply).has_status(401)


@requirement("rfc7662-2.3-bad-client-credentials-challenged")
@pytest.mark.parametrize("how", ["no-base64", "no-colon"])
def test_undecodable_credentials_are_challenged(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = as_described(told_as_failed(reply_to_undecodable_credentials(given, send, how)))

    expect(reply).challenges_with("Basic")


@requirement("rfc7662-2.3-bad-client-credentials-error-body")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_bad_credentials_are_told_as_invalid_client(given: Given, send: Send, expect: Expect, method: str) -> None:
    reply = as_described(wrong_secret(given, send, method))

    expect(reply).is_an_error("invalid_client")


@requirement("rfc7662-2.3-invalid-bearer-401")
@bad_bearers
def test_an_invalid_bearer_token_gets_401(given: Given, send: Send, expect: Expect, call: Procedure) -> None:
    reply = call(given, send)

    expect(reply).has_status(401)


@requirement("rfc7662-2.3-insufficient-bearer-401")
def test_an_insufficient_bearer_token_gets_401(given: Given, send: Send, expect: Expect) -> None:
    reply = unprivileged_bearer(given, send)

    expect(reply).has_status(401)


@requirement("rfc7662-2.3-bad-bearer-challenged")
@bad_bearers
def test_a_bad_bearer_token_is_challenged(given: Given, send: Send, expect: Expect, call: Procedure) -> None:
    reply = as_described(call(given, send))

    expect(reply).challenges_with("Bearer")


@requirement("rfc7662-2.3-inactive-token-no-error")
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_inactive_token_is_no_error(given: Given, send: Send, expect: Expect, end: Procedure) -> None:
    reply = end(given, send)

    expect(reply).has_status(200)
    expect_inactive(expect, reply)


@requirement("rfc7662-2.3-forbidden-token-no-error")
def test_a_forbidden_token_is_no_error(given: Given, send: Send, expect: Expect) -> None:
    reply = answer_to_barred(given, send)

    expect(reply).has_status(200)
    expect_inactive(expect, reply)
