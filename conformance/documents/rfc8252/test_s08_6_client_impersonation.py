"""RFC 8252 section 8.6: requests that any app may have sent."""

from __future__ import annotations

import pytest

from conformance.documents.rfc8252.logins import asked_again, seen_at
from conformance.documents.rfc8252.native_clients import IPV4, IPV6, unassured_client
from conformance.documents.rfc8252.observations import asked_without_approval, second_at_claimed_https
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.public_clients import asked_somebody
from conformance.profile.target import Target

WITH_AND_WITHOUT_SECRET = pytest.mark.parametrize("with_secret", [False, True], ids=["public", "with-shared-secret"])


@requirement("rfc8252-8.6-nothing-granted-silently")
@WITH_AND_WITHOUT_SECRET
def test_whoever_is_signed_in_is_asked(
    given: Given, send: Send, expect: Expect, target: Target, with_secret: bool
) -> None:
    registered = unassured_client(given, target, with_secret=with_secret)
    seen_at(given, send, registered)

    answer = asked_without_approval(given, send, target, registered.client, registered.uri)

    expect(answer).grants_nothing()


@requirement("rfc8252-8.6-earlier-approval-ignored")
@WITH_AND_WITHOUT_SECRET
def test_whoever_has_approved_is_asked_again(
    given: Given, send: Send, expect: Expect, target: Target, with_secret: bool
) -> None:
    registered = unassured_client(given, target, with_secret=with_secret)

    _, second = asked_again(given, send, registered)

    expect.that(asked_somebody(second), "the resource owner asked again", second)


@requirement("rfc8252-8.6-earlier-approval-ignored")
def test_whoever_has_approved_at_a_loopback_address_is_asked_again(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    registered = unassured_client(given, target, with_secret=False, kinds=(IPV4, IPV6))

    _, second = asked_again(given, send, registered)

    expect.that(asked_somebody(second), "the resource owner asked again", second)


@requirement("rfc8252-8.6-claimed-https-as-proof")
def test_a_second_request_for_a_claimed_https_uri(given: Given, send: Send, target: Target) -> None:
    given.note(second_at_claimed_https(given, send, target))
