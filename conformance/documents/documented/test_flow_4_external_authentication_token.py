"""The documented API, flow 4: an external authentication token in place of user name and password."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import owner_told, user_tokens
from conformance.documents.documented.external_tokens import (
    application_of_other_type,
    external_request,
    external_tokens,
    external_value,
    other_external_scope,
    other_external_value,
    wrong_values,
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


@requirement("documented-flow-4-scope")
def test_another_scope_is_the_one_asked_for(given: Given, send: Send, expect: Expect) -> None:
    scope = other_external_scope(given)

    tokens = external_tokens(given, send, scope=scope)

    expect.that(tokens.granted == {scope}, f"scope {scope}", " ".join(sorted(tokens.granted)), breach="act")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("token_type", str), ("expires_in", int), ("created_at", int), ("scope", str)],
    ids=["token_type", "expires_in", "created_at", "scope"],
)
@requirement("documented-flow-4-members")
def test_a_member_has_its_type(given: Given, send: Send, expect: Expect, name: str, kind: type) -> None:
    reply = given.observed("flow 4", lambda: external_request(given, send))

    expect(given.issued(reply, "a request as flow 4 has it")).has_member(name, kind)


@requirement("documented-flow-4-that-users-token")
def test_the_token_is_that_users(given: Given, send: Send, expect: Expect) -> None:
    own = owner_told(given, send, user_tokens(given))

    told = owner_told(given, send, external_tokens(given, send))

    expect.that(told == own, "the owner of the value", "somebody else", breach="act")


@requirement("documented-flow-4-that-users-token")
def test_another_value_is_another_users(given: Given, send: Send, expect: Expect) -> None:
    value = other_external_value(given)
    own = owner_told(given, send, external_tokens(given, send))

    other = owner_told(given, send, external_tokens(given, send, external_authentication_token=value))

    expect.that(other != own, "two owners told as two", "one of them", breach="act")


@pytest.mark.parametrize("how", ["invented", "longer", "shorter", "other case", "space first", "space last"])
@requirement("documented-flow-4-wrong-value")
def test_a_wrong_value_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    value = external_value(given)
    external_tokens(given, send)

    wrong = wrong_values(given, value)[how]
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
    client = application_of_other_type(given, send, given.client_for("password"))

    reply = external_request(given, send, client)

    expect(reply).is_refused()


@requirement("documented-flow-4-other-application")
def test_another_public_application_gets_no_token(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)
    client = application_of_other_type(given, send, given.client("public"))

    reply = external_request(given, send, client)

    expect(reply).is_refused()
