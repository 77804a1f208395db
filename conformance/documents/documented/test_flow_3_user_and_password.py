"""The documented API, flow 3: user name and password with the scope `me`."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import is_time_of
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.grants import near_password
from conformance.wire.exchange import Reply


def _answer(given: Given, send: Send) -> Reply:
    """The answer to a good request, asked once."""
    return given.observed("flow 3", lambda: send.password(scope="me"))


@requirement("documented-flow-3-user-token-issued")
def test_a_user_token_is_issued(given: Given, send: Send, expect: Expect) -> None:
    reply = _answer(given, send)

    expect(reply).issues_a_token()
    scope = reply.members.get("scope", "me")
    expect.that(scope == "me", "scope me", scope, breach="act", about="scope")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("access_token", str), ("token_type", str), ("expires_in", int), ("created_at", int), ("scope", str)],
    ids=["access_token", "token_type", "expires_in", "created_at", "scope"],
)
@requirement("documented-flow-3-members")
def test_a_member_has_its_type(given: Given, send: Send, expect: Expect, name: str, kind: type) -> None:
    reply = given.issued(_answer(given, send), "a request as flow 3 has it")

    expect(reply).has_member(name, kind)


@requirement("documented-flow-3-members")
def test_a_refresh_token_is_a_string(given: Given, send: Send, expect: Expect) -> None:
    members = given.issued(_answer(given, send), "a request as flow 3 has it").members

    value = members.get("refresh_token", "")
    expect.that(isinstance(value, str), "a string or nothing", f"a {type(value).__name__}", breach="act")


@requirement("documented-flow-3-created-at-is-now")
def test_created_at_is_the_time_of_issue(given: Given, send: Send, expect: Expect) -> None:
    reply = given.issued(_answer(given, send), "a request as flow 3 has it")

    created_at = reply.members.get("created_at")
    expect.that(is_time_of(created_at, reply), "the time of issue in epoch seconds", created_at, breach="act")


@requirement("documented-flow-3-wrong-password")
def test_a_wrong_password_is_refused(given: Given, send: Send, expect: Expect) -> None:
    given.tokens("password", scope="me")

    reply = send.password(scope="me", password=near_password(given.owner(), "longer"))

    expect(reply).is_an_error()
