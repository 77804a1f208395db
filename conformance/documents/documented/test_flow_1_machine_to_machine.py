"""The documented API, flow 1: machine to machine with the scope `app`."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import (
    BY_BODY,
    is_time_of,
    machine_client,
    machine_served,
    machine_to_machine,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.grants import wrong_secret


@requirement("documented-flow-1-app-token-issued")
def test_the_first_example_gets_a_token(given: Given, send: Send, expect: Expect) -> None:
    reply = machine_to_machine(given, send)

    expect(reply).has_status(200)
    expect(reply).is_a_json_object()
    expect(reply).issues_a_token()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("access_token", str), ("token_type", str), ("expires_in", int), ("created_at", int), ("scope", str)],
    ids=["access_token", "token_type", "expires_in", "created_at", "scope"],
)
@requirement("documented-flow-1-members")
def test_a_member_has_its_type(given: Given, send: Send, expect: Expect, name: str, kind: type) -> None:
    reply = machine_served(given, send)

    expect(reply).has_member(name, kind)


@requirement("documented-flow-1-token-type-bearer")
def test_the_token_is_a_bearer_token(given: Given, send: Send, expect: Expect) -> None:
    kind = machine_served(given, send).members.get("token_type")

    expect.that(str(kind).lower() == "bearer", "token_type bearer", kind, about="token_type")
    given.note(f"spelled {kind}")


@requirement("documented-flow-1-scope-granted")
def test_the_scope_is_what_was_granted(given: Given, send: Send, expect: Expect) -> None:
    reply = machine_served(given, send)

    expect(reply).member_is("scope", "app")


@requirement("documented-flow-1-created-at-is-now")
def test_created_at_is_the_time_of_issue(given: Given, send: Send, expect: Expect) -> None:
    reply = machine_served(given, send)

    created_at = reply.members.get("created_at")
    expect.that(is_time_of(created_at, reply), "the time of issue in epoch seconds", created_at, breach="act")


@requirement("documented-flow-1-refresh-token-string")
def test_a_refresh_token_is_a_string(given: Given, send: Send, expect: Expect) -> None:
    members = machine_served(given, send).members

    value = members.get("refresh_token", "")
    expect.that(isinstance(value, str), "a string or nothing", f"a {type(value).__name__}", breach="act")
    given.note("with a refresh token" if value else "without a refresh token")


@requirement("documented-flow-1-wrong-secret")
def test_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    machine_served(given, send)

    reply = send.client_credentials(wrong_secret(given, machine_client(given)), BY_BODY, scope="app")

    expect(reply).is_an_error("invalid_client")
