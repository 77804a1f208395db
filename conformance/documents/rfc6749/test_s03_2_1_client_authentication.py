"""RFC 6749 section 3.2.1: client authentication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_answers import code_client
from conformance.procedures.client_authentication import as_nobody, assertion_changes, client_served
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.procedures.token_requests import authenticated_seen, client_accepted, token_request
from conformance.procedures.token_responses import by_each_grant
from conformance.profile.target import Target

GRANTS = ("client_credentials", "password", "authorization_code", "refresh_token")


@requirement("rfc6749-3.2.1-unauthenticated-client-refused")
@by_each_grant(*GRANTS)
def test_a_client_with_a_secret_is_refused_without_it(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = given.client_with_secret(grant)
    authenticated_seen(given, send, grant, client)

    reply = token_request(given, send, grant, client, authentication="none")

    expect(reply).is_refused()


@requirement("rfc6749-3.2.1-unauthenticated-client-refused")
@by_each_grant(*GRANTS)
def test_an_empty_name_and_an_empty_password_are_none(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = given.client_with_secret(grant)
    authenticated_seen(given, send, grant, client)

    reply = token_request(given, send, grant, client, **as_nobody())

    expect(reply).is_refused()


@requirement("rfc6749-3.2.1-unauthenticated-client-refused")
@pytest.mark.parametrize("signature", ["", "AAAA"], ids=["unsigned", "wrongly-signed"])
def test_an_assertion_that_proves_nothing_is_none(
    given: Given, send: Send, expect: Expect, target: Target, signature: str
) -> None:
    client = client_served(given, send, given.client_with_secret())

    reply = token_request(given, send, None, client, **assertion_changes(client, target.url("token"), signature))

    expect(reply).is_refused()


@requirement("rfc6749-3.2.1-wrong-secret-refused")
@by_each_grant(*GRANTS)
def test_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = given.client_with_secret(grant)
    authenticated_seen(given, send, grant, client)

    wrong = replace(client, client_secret=given.invented("client_secret"))
    reply = token_request(given, send, grant, client, wrong)

    expect(reply).is_refused()


@requirement("rfc6749-3.2.1-wrong-secret-refused")
@pytest.mark.parametrize("secret", ["", "wrong"], ids=["empty", "wrong"])
def test_another_client_is_refused_without_its_secret(given: Given, send: Send, expect: Expect, secret: str) -> None:
    other = given.other_client()
    given.issued(token_request(given, send, None, other), "the client with its own secret")

    reply = token_request(given, send, None, other, replace(other, client_secret=secret))

    expect(reply).is_refused()


@requirement("rfc6749-3.2.1-client-id-beside-authentication")
def test_client_id_may_stand_beside_the_header(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_authenticating_by("client_secret_basic")
    grant = given.any_grant(client)
    given.issued(token_request(given, send, grant, client))

    reply = token_request(given, send, grant, client, client_id=client.client_id)

    expect(reply).issues_a_token()


@requirement("rfc6749-3.2.1-client-id-alone-for-public")
@pytest.mark.parametrize("grant", ["authorization_code", pytest.param("refresh_token", marks=needs("refresh_token"))])
def test_client_id_alone_identifies_a_public_client(given: Given, send: Send, expect: Expect, grant: str) -> None:
    client = given.client("public")
    given.issued(token_request(given, send, grant), "the main client's request by the same grant")

    reply = client_accepted(token_request(given, send, grant, client))

    expect(reply).issues_a_token()


@requirement("rfc6749-3.2.1-unidentified-code-exchange-refused")
@pytest.mark.parametrize("name", ["confidential", "public"])
def test_an_exchange_by_nobody_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = code_client(given, name)
    seen_exchanged(given, client)

    reply = token_request(given, send, "authorization_code", client, authentication="absent")

    expect(reply).is_refused()
