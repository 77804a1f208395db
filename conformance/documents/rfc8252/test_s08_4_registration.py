"""RFC 8252 sections 8.4 and 8.10: what is registered of native apps, and what follows from it."""

from __future__ import annotations

import pytest

from conformance.documents.rfc8252.logins import expect_login, login_at
from conformance.documents.rfc8252.misses import miss_names, missed_request
from conformance.documents.rfc8252.native_clients import HTTPS, IPV4, IPV6, PRIVATE, Kind, public_with
from conformance.documents.rfc8252.observations import refused_without_authentication
from conformance.documents.rfc8252.registration import uri_of_another_client, web_client, with_unfit_scheme
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.redirects import expect_not_accepted
from conformance.profile.target import Target


@requirement("rfc8252-8.4-native-clients-are-public")
@pytest.mark.parametrize("kinds", [(PRIVATE,), (HTTPS,), (IPV4, IPV6)], ids="-or-".join)
def test_a_native_client_needs_no_authentication(
    given: Given, send: Send, expect: Expect, target: Target, kinds: tuple[Kind, ...]
) -> None:
    registered = public_with(given, target, *kinds)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-8.4-client-type-recorded")
def test_an_https_uri_makes_no_web_client(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = public_with(given, target, HTTPS)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-8.4-client-type-recorded")
def test_a_web_client_has_to_authenticate_still(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = web_client(given, target)

    refused = refused_without_authentication(given, send, client)

    expect.that(
        refused,
        f"the exchange of [clients.{client.name}] without its secret refused",
        "tokens",
        breach="act",
        about="refusal",
    )


@requirement("rfc8252-8.4-complete-uri-compared")
@pytest.mark.parametrize("name", miss_names("path"))
def test_another_path_is_refused(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    found = missed_request(given, send, target, name)

    expect_not_accepted(expect, found)


@requirement("rfc8252-8.4-other-uris-rejected")
@pytest.mark.parametrize("name", miss_names("exact"))
def test_a_uri_that_is_nearly_registered_is_refused(
    given: Given, send: Send, expect: Expect, target: Target, name: str
) -> None:
    found = missed_request(given, send, target, name)

    expect_not_accepted(expect, found)


@requirement("rfc8252-8.4-loopback-differs-in-port-only")
@pytest.mark.parametrize("name", miss_names("but-for-port"))
def test_on_loopback_nothing_but_the_port_may_differ(
    given: Given, send: Send, expect: Expect, target: Target, name: str
) -> None:
    found = missed_request(given, send, target, name)

    expect_not_accepted(expect, found)


@requirement("rfc8252-8.4-scheme-without-period-rejected")
def test_a_scheme_without_a_period_is_rejected(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = with_unfit_scheme(given, send, target)

    expect_not_accepted(expect, found)


@requirement("rfc8252-8.10-uri-of-other-client-rejected")
def test_a_uri_of_another_client_is_rejected(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = uri_of_another_client(given, send, target)

    expect_not_accepted(expect, found)
