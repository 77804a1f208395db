"""RFC 7662 section 5: privacy considerations."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.inactive_tokens import Procedure, expired_access_token, revoked_access_token
from conformance.procedures.introspection import says_active
from conformance.procedures.introspection_callers import reply_without_credentials, wrong_secret
from conformance.procedures.introspection_members import owner_identifiers, texts


@requirement("rfc7662-5-identifiers-kept-from-unintended-parties")
@pytest.mark.parametrize(
    "call",
    [
        pytest.param(reply_without_credentials, id="without-credentials"),
        pytest.param(wrong_secret, id="wrong-secret", marks=needs("client_password")),
    ],
)
def test_a_caller_without_authorization_isnt_told_the_owner(
    given: Given, send: Send, expect: Expect, call: Procedure
) -> None:
    identifiers = owner_identifiers(given, send)

    reply = call(given, send)

    expect.that(
        not identifiers & texts(reply), "no identifier of the resource owner", "one of them in the answer", breach="act"
    )


@requirement("rfc7662-5-identifiers-kept-from-unintended-parties")
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda given, send: revoked_access_token(given, send).after, id="revoked"),
        pytest.param(lambda given, send: expired_access_token(given, send).after, id="expired"),
    ],
)
def test_the_owner_of_an_inactive_token_isnt_told(given: Given, send: Send, expect: Expect, end: Procedure) -> None:
    identifiers = owner_identifiers(given, send)

    reply = end(given, send)

    # A token that is still answered as active is the matter of sections 2.2 and 4.
    hidden = says_active(reply) or not identifiers & texts(reply)
    expect.that(hidden, "no identifier of the resource owner", "one of them in the answer", breach="act")
