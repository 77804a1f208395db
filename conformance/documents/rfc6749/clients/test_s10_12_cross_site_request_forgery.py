"""RFC 6749 section 10.12: cross-site request forgery, at the client's own redirection endpoint.

A forged answer brings the code of an attacker's login, bound to the attacker's challenge: who rests on PKCE in place of
state sends it, and gets nothing.
"""

import pytest

from conformance.clients.derivable_values import worked_out
from conformance.clients.expect import Expect
from conformance.clients.rules import states_of, tokens_brought, without
from conformance.clients.serve import Serve
from conformance.harness.record import Recorded
from conformance.procedures.sampling import guessing_hint

requirement = pytest.mark.requirement
# What an attacker knows of every login of a client.
KNOWN = frozenset({"client_id", "redirect_uri", "scope"})
FORGED = ("state-of-nobody", "state-missing", "state-empty", "state-longer", "state-shorter", "state-in-other-case")


@requirement("rfc6749-10.12-client-csrf-protection")
@pytest.mark.parametrize("misbehavior", FORGED)
def test_a_forged_answer_brings_no_tokens(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("tokens")


@requirement("rfc6749-10.12-client-csrf-protection")
def test_an_answer_with_the_state_of_an_earlier_login_brings_no_tokens(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-an-earlier-login", "second_login", times=2)

    expect(login).sends("redeemed", at_most=1)


@requirement("rfc6749-10.12-client-uses-state")
@pytest.mark.parametrize("misbehavior", FORGED)
def test_the_state_binds_the_answer(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc6749-10.12-client-uses-state")
def test_the_state_of_an_earlier_login_binds_nothing(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-an-earlier-login", "second_login", times=2)

    expect(login).sends("code exchange", at_most=1)


@requirement("rfc6749-10.12-client-uses-state")
def test_a_state_that_another_server_has_seen_binds_nothing(serve: Serve, expect: Expect) -> None:
    login = serve.login_at_second("state-of-other-server")

    expect(login).refuses("code exchange")


@requirement("rfc6749-10.12-binding-value-unguessable")
def test_states_cannot_be_guessed(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    starts = serve.starts(recorded)

    expect.sample(starts, "states that nobody can guess", lambda sent: guessing_hint(states_of(sent)) or "")


@requirement("rfc6749-10.12-binding-value-unguessable")
def test_no_state_follows_from_its_request(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    starts = login.all("start")
    expect.sample(starts, "no digest of known values", lambda sent: worked_out(states_of(sent), sent, KNOWN))


@requirement("rfc6749-10.12-client-csrf-protection")
def test_a_token_that_comes_with_the_browser_is_not_used(serve: Serve, expect: Expect) -> None:
    login = serve.login("tokens-in-answer")

    fault = without(tokens_brought(login), "an access token that came with the answer")
    expect(login).avoids("no use of a token that the browser brought", fault)
