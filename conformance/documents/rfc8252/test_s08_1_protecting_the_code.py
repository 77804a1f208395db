"""RFC 8252 sections 8.1 to 8.3: PKCE for native apps, the implicit grant, and localhost."""

from __future__ import annotations

import pytest

from conformance.documents.rfc8252.logins import seen_at, seen_working
from conformance.documents.rfc8252.native_clients import IPV4, IPV6, native_clients, native_with, native_with_secret
from conformance.documents.rfc8252.observations import implicit_request, localhost_treatment
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.pkce import (
    NO_PAIR,
    SHORTEST,
    asked_with,
    code_with,
    reply_without_verifier,
    s256_pair,
    verifier_of,
)
from conformance.profile.target import Target


@requirement("rfc8252-8.1-intercepted-code-useless")
@pytest.mark.parametrize("how", ["missing", "another", "challenge-itself"])
def test_a_code_is_refused_without_its_verifier(
    given: Given, send: Send, expect: Expect, target: Target, how: str
) -> None:
    client = native_clients(target)[0]

    reply = reply_without_verifier(given, send, how, client.name)

    expect(reply).is_refused()


@requirement("rfc8252-8.1-request-without-pkce-rejected")
def test_a_request_without_a_challenge_is_rejected(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = native_clients(target)[0]

    answer = asked_with(given, send, client.name, code_challenge=OMIT, code_challenge_method=OMIT)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc8252-8.1-intercepted-code-useless")
def test_a_code_at_a_loopback_address_is_refused_without_its_verifier(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    registered = native_with(given, target, IPV4, IPV6)
    seen_at(given, send, registered)
    code = code_with(given, registered.client, s256_pair(), registered.uri)

    reply = send.code_exchange(code, code_verifier=verifier_of(SHORTEST))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc8252-8.1-request-without-pkce-rejected")
def test_a_request_at_a_loopback_address_without_a_challenge_is_rejected(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    registered = native_with(given, target, IPV4, IPV6)
    seen_at(given, send, registered)

    answer = send.authorize(registered.client, redirect_uri=registered.uri, **NO_PAIR.parameters)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc8252-8.1-request-without-pkce-rejected")
def test_a_request_by_post_without_a_challenge_is_rejected(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    client = native_clients(target)[0]
    taken_by_post(given, ordinary_request(given, send))

    answer = asked_with(given, send, client.name, code_challenge=OMIT, code_challenge_method=OMIT, method="POST")

    expect(answer).is_an_error("invalid_request")


@requirement("rfc8252-8.1-request-without-pkce-rejected")
def test_a_shared_secret_excuses_no_missing_challenge(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = native_with_secret(given, target)

    answer = asked_with(given, send, client.name, code_challenge=OMIT, code_challenge_method=OMIT)

    expect(answer).is_an_error("invalid_request")


@requirement("rfc8252-8.2-implicit-of-native-apps")
def test_an_implicit_request_of_a_native_client(given: Given, send: Send, target: Target) -> None:
    seen_working(given, send, target)

    given.note(implicit_request(given, send, target))


@requirement("rfc8252-8.3-localhost")
def test_localhost_in_place_of_an_address(given: Given, send: Send, target: Target) -> None:
    given.note(localhost_treatment(given, send, target))
