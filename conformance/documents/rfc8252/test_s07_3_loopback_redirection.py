"""RFC 8252 section 7.3: redirect URIs on loopback addresses, at ports that nobody registered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.documents.rfc8252.logins import (
    code_at_free_port,
    expect_login,
    expect_login_there,
    login,
    login_at,
    seen_at,
)
from conformance.documents.rfc8252.loopback import at_free_port
from conformance.documents.rfc8252.native_clients import IPV4, IPV6, Kind, native_with, native_with_port
from conformance.harness import Expect, Given, Send, requirement
from conformance.profile.target import Target

EITHER_ADDRESS = pytest.mark.parametrize("kind", [IPV4, IPV6])


@requirement("rfc8252-7.3-loopback-over-http-served")
def test_http_on_a_loopback_address_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, IPV4, IPV6)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-7.3-ipv4-loopback-served")
def test_the_ipv4_address_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, IPV4)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-7.3-ipv6-loopback-served")
def test_the_ipv6_address_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, IPV6)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-7.3-any-port-served")
@pytest.mark.parametrize("ports", ["ephemeral", "user"])
@EITHER_ADDRESS
def test_a_port_that_nobody_registered_is_served(
    given: Given, send: Send, expect: Expect, target: Target, kind: Kind, ports: str
) -> None:
    registered = native_with(given, target, kind)
    seen_at(given, send, registered)
    uri = at_free_port(target, registered.uri, ports)

    expect_login_there(expect, login(given, send, registered.client, uri))


@requirement("rfc8252-7.3-any-port-served")
def test_a_port_in_place_of_the_registered_one_is_served(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    registered = native_with_port(given, target)
    seen_at(given, send, registered)
    uri = at_free_port(target, registered.uri)

    expect_login_there(expect, login(given, send, registered.client, uri))


@requirement("rfc8252-7.3-port-of-request-kept")
@EITHER_ADDRESS
def test_a_code_of_one_port_is_refused_with_another(
    given: Given, send: Send, expect: Expect, target: Target, kind: Kind
) -> None:
    registered = native_with(given, target, kind)
    code = code_at_free_port(given, send, target, registered)

    reply = send.code_exchange(code, redirect_uri=at_free_port(target, code.redirect_uri or ""))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc8252-7.3-port-of-request-kept")
@EITHER_ADDRESS
def test_a_code_of_a_free_port_is_refused_with_the_registered_uri(
    given: Given, send: Send, expect: Expect, target: Target, kind: Kind
) -> None:
    registered = native_with(given, target, kind)
    code = code_at_free_port(given, send, target, registered)

    reply = send.code_exchange(replace(code, redirect_uri=registered.uri))

    expect(reply).is_refused()
    given.control(code, after=reply)
