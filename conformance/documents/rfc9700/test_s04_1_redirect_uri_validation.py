"""RFC 9700 section 4.1: insufficient redirection URI validation."""

from __future__ import annotations

import pytest

from conformance.base.uris import urlsplit
from conformance.documents.rfc9700.loopback import PORTS, at_port, exchange_reply, loopback_uri
from conformance.documents.rfc9700.pkce_support import standard_metadata
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import granted_answer
from conformance.profile.target import Target

PUSHED = "pushed_authorization_request_endpoint"


@requirement("rfc9700-4.1.3-loopback-port-free")
@pytest.mark.parametrize("port", PORTS)
def test_a_loopback_uri_is_served_with_any_port(
    given: Given, send: Send, expect: Expect, target: Target, port: int | None
) -> None:
    client, uri = loopback_uri(target)
    chosen = at_port(uri, port)

    answer = send.authorize(client, redirect_uri=chosen)

    expect(answer).goes_to(chosen)
    expect(answer).carries("code")


@requirement("rfc9700-4.1.3-loopback-port-free")
def test_the_code_of_another_port_is_redeemed(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = exchange_reply(given, send, target)

    expect(reply).issues_a_token()


@requirement("rfc9700-4.1.3-fragment-attached")
def test_a_fragment_of_its_own_is_noted(given: Given, send: Send) -> None:
    fragment = urlsplit(granted_answer(given, send).destination or "").fragment

    given.note(f"the URL in Location ends in {'#' + fragment if fragment else 'no fragment'}")


@requirement("rfc9700-4.1.3-authenticated-request-trusted")
def test_pushed_requests_are_noted(given: Given, send: Send, target: Target) -> None:
    members = standard_metadata(given, send, target).members

    given.note(f"{PUSHED}: {members.get(PUSHED, 'not there')}")
