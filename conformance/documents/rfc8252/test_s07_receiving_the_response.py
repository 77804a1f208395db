"""RFC 8252 sections 7 and 7.1: the kinds of redirect URIs, and those of private-use schemes."""

from __future__ import annotations

from conformance.documents.rfc8252.logins import expect_login, faulty_request, login_at, seen_at
from conformance.documents.rfc8252.native_clients import PRIVATE, native_with, one_of_each_kind
from conformance.harness import Expect, Given, Send, requirement
from conformance.profile.target import Target


@requirement("rfc8252-7-three-kinds-offered")
def test_all_three_kinds_of_redirect_uris_are_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    kinds = one_of_each_kind(given, target)

    logins = [login_at(given, send, target, registered) for registered in kinds]

    refused = [each for each in logins if not each.succeeded]
    expect.that(not refused, "tokens at each kind of redirect URI", "; ".join(map(str, refused)))


@requirement("rfc8252-7.1-private-scheme-served")
def test_a_private_use_scheme_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, PRIVATE)

    expect_login(expect, login_at(given, send, target, registered))


@requirement("rfc8252-7.1-single-slash-kept")
def test_the_code_goes_to_the_uri_as_it_is(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, PRIVATE)

    found = seen_at(given, send, registered)

    expect(found.answer).goes_to(registered.uri)


@requirement("rfc8252-7.1-redirected-as-usual")
def test_the_state_comes_to_a_private_use_scheme(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = seen_at(given, send, native_with(given, target, PRIVATE))

    expect(found.answer).returns_state(found.answer.request.get("state"))


@requirement("rfc8252-7.1-redirected-as-usual")
def test_errors_come_to_a_private_use_scheme(given: Given, send: Send, expect: Expect, target: Target) -> None:
    registered = native_with(given, target, PRIVATE)

    answer = faulty_request(given, send, registered)

    expect(answer).is_an_error()
    expect(answer).goes_to(registered.uri)
