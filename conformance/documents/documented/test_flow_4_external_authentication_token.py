"""The documented API, flow 4: an external authentication token in place of user name and password."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import (
    application_of_other_type,
    external_request,
    external_tokens,
    external_value,
    owner_told,
    user_tokens,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.wire.registries import TOKEN_ERRORS


@requirement("documented-flow-4-right-value-issues")
def test_a_right_value_gets_a_token(given: Given, send: Send, expect: Expect) -> None:
    reply = external_request(given, send)

    expect(reply).issues_a_token()


@requirement("documented-flow-4-scope")
def test_the_scope_is_the_one_asked_for(given: Given, send: Send, expect: Expect) -> None:
    tokens = external_tokens(given, send)

    expect.that(tokens.granted == {"me"}, "scope me", " ".join(sorted(tokens.granted)), breach="act", about="scope")


@requirement("documented-flow-4-that-users-token")
def test_the_token_is_that_users(given: Given, send: Send, expect: Expect) -> None:
    own = owner_told(given, send, user_tokens(given))

    told = owner_told(given, send, external_tokens(given, send))

    expect.that(told == own, "the owner of the value", "somebody else", breach="act")


@pytest.mark.parametrize("how", ["invented", "longer", "shorter"])
@requirement("documented-flow-4-wrong-value")
def test_a_wrong_value_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    value = external_value(given)
    external_tokens(given, send)

    wrong = {"invented": given.invented("external_token"), "longer": f"{value}x", "shorter": value[:-1]}[how]
    reply = external_request(given, send, external_authentication_token=wrong)

    expect(reply).is_an_error(*TOKEN_ERRORS)


@requirement("documented-flow-4-empty-value")
def test_an_empty_value_is_refused(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)

    reply = external_request(given, send, external_authentication_token="")

    expect(reply).is_an_error(*TOKEN_ERRORS)


@requirement("documented-flow-4-repeated-value")
def test_a_repeated_value_is_refused(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)

    reply = external_request(given, send, external_authentication_token=[external_value(given)] * 2)

    expect(reply).is_an_error(*TOKEN_ERRORS)


@requirement("documented-flow-4-together-with-password")
def test_both_kinds_of_credentials_are_refused(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)
    owner = given.owner()

    reply = external_request(given, send, username=owner.username, password=owner.password)

    expect(reply).is_an_error(*TOKEN_ERRORS)


@requirement("documented-flow-4-other-application")
def test_another_application_gets_no_token(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)
    client = application_of_other_type(given, send)

    reply = external_request(given, send, client)

    expect(reply).is_refused()
