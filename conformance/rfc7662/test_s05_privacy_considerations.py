"""RFC 7662 section 5: privacy considerations."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.procedures.inactive_tokens import Procedure, expired_access_token, revoked_access_token
from conformance.harness.procedures.introspection_callers import unauthorized, wrong_secret
from conformance.harness.procedures.introspection_members import owner_identifiers, texts


@requirement("rfc7662-5-identifiers-kept-from-unintended-parties")
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(unauthorized, id="without-credentials"),
        pytest.param(wrong_secret, id="wrong-secret", marks=needs("client_password")),
        pytest.param(
            lambda given, send: revoked_access_token(given, send).after, id="revoked", marks=needs("revocation")
        ),
        pytest.param(lambda given, send: expired_access_token(given, send).after, id="expired"),
    ],
)
def test_the_resource_owner_is_not_named(given: Given, send: Send, expect: Expect, answer: Procedure) -> None:
    identifiers = owner_identifiers(given, send)

    reply = answer(given, send)

    expect.that(not identifiers & texts(reply), "no identifier of the resource owner", "one of them in the answer")
