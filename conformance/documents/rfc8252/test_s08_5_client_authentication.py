"""RFC 8252 section 8.5: what the secret of an app is worth that every copy holds."""

from __future__ import annotations

import pytest

from conformance.documents.rfc8252.native_clients import native_clients, native_with_secret
from conformance.documents.rfc8252.secrets_of_apps import (
    asked_for_itself,
    by_secret,
    introspected_by_secret,
    naming_itself,
    seen_exchanging,
    without_its_secret,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.refusals import refuses_client
from conformance.procedures.introspection import says_active
from conformance.procedures.pkce import reply_without_verifier
from conformance.profile.target import Target


@requirement("rfc8252-8.5-no-shared-secret-demanded")
def test_a_client_without_a_secret_is_not_refused(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = native_clients(target)[0]

    reply = naming_itself(given, send, client)

    expect.that(not refuses_client(reply), "a client that names itself not refused", reply)


@requirement("rfc8252-8.5-no-shared-secret-demanded")
def test_a_client_with_a_shared_secret_may_leave_it_out(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    client = native_with_secret(given, target)
    seen_exchanging(given, send, client)

    reply = naming_itself(given, send, client)

    expect.that(not refuses_client(reply), "a client without its shared secret not refused", reply)


@requirement("rfc8252-8.5-no-shared-secret-demanded")
@pytest.mark.parametrize(
    "where",
    [pytest.param("refresh", marks=needs("refresh_token")), pytest.param("revocation", marks=needs("revocation"))],
)
def test_a_shared_secret_may_be_left_out_later(
    given: Given, send: Send, expect: Expect, target: Target, where: str
) -> None:
    client = native_with_secret(given, target)

    reply = without_its_secret(given, send, client, where)

    expect.that(not refuses_client(reply), "a client without its shared secret not refused", reply)


@requirement("rfc8252-8.5-treated-as-public")
@needs("introspection")
def test_a_shared_secret_lets_nobody_introspect(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = native_with_secret(given, target)

    reply = introspected_by_secret(given, send, client)

    expect.that(not says_active(reply), "nothing told for a secret that every copy holds", reply, breach="act")


@requirement("rfc8252-8.5-treated-as-public")
def test_a_shared_secret_opens_no_grant_of_confidential_clients(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    client = native_with_secret(given, target)

    reply = asked_for_itself(given, send, client, by_secret(client))

    expect(reply).is_refused()


@requirement("rfc8252-8.5-treated-as-public")
def test_a_shared_secret_in_the_header_opens_it_no_more(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    client = native_with_secret(given, target)

    reply = asked_for_itself(given, send, client, "client_secret_basic")

    expect(reply).is_refused()


@requirement("rfc8252-8.5-secret-is-no-proof")
@pytest.mark.parametrize("how", ["missing", "another"])
def test_a_shared_secret_stands_in_for_no_verifier(
    given: Given, send: Send, expect: Expect, target: Target, how: str
) -> None:
    client = native_with_secret(given, target)
    seen_exchanging(given, send, client)

    reply = reply_without_verifier(given, send, how, client.name)

    expect(reply).is_refused()
