"""RFC 8252 sections 7, 8.3, 8.9 and 8.10: how a native app takes its answers in."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import states_of
from conformance.clients.serve import Serve
from conformance.harness.record import Recorded
from conformance.procedures.sampling import guessing_hint

requirement = pytest.mark.requirement


@requirement("rfc8252-7-client-chooses-redirect-uri")
def test_which_kind_of_redirect_uri_the_app_has(serve: Serve) -> None:
    uri = serve.own_redirect_uri()

    serve.note(f"its redirection URI has the scheme {uri.partition(':')[0]}")


@requirement("rfc8252-7.1-client-scheme-from-domain")
def test_a_scheme_of_its_own_is_a_domain_in_reverse(serve: Serve, expect: Expect) -> None:
    uri = serve.own_redirect_uri()

    expect.named_by_domain(uri)


@requirement("rfc8252-8.3-client-avoids-localhost")
def test_a_loopback_address_stands_in_the_uri(serve: Serve, expect: Expect) -> None:
    uri = serve.own_redirect_uri()

    expect.without_localhost(uri)


@requirement("rfc8252-8.9-client-sends-random-state")
def test_states_cannot_be_guessed(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    starts = serve.starts(recorded)

    expect.sample(starts, "states that nobody can guess", lambda sent: guessing_hint(states_of(sent)) or "")


@requirement("rfc8252-8.9-client-rejects-unknown-state")
def test_an_answer_with_a_foreign_state_is_dropped(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-nobody")

    expect(login).refuses("code exchange")


@requirement("rfc8252-8.10-client-rejects-other-uri")
def test_an_answer_at_another_uri_is_rejected(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-at-another-uri")

    expect(login).refuses("code exchange")


@requirement("rfc8252-8.10-client-stores-redirect-uri")
def test_the_app_knows_which_uri_it_named(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-at-another-uri")

    expect(login).refuses("code exchange")
