"""RFC 9700 section 2.1, and its threats in sections 4.1, 4.4, 4.7 and 4.11: whose answers a client takes."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.listener_pages import leads_elsewhere
from conformance.clients.rules import codes_kept_apart, states_without_other_protection
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs
FORGED = ("state-of-nobody", "state-missing", "state-empty")
MIXED_UP = ("mix-up", "mix-up-unannounced")
OTHERS = ("iss-of-another", "iss-of-neighbor", "iss-with-slash", "iss-in-capitals")


@requirement("rfc9700-2.1-client-no-open-redirector")
def test_the_redirection_endpoint_forwards_nowhere(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-with-places")

    expect(login).page("no redirect to a place that a parameter names", leads_elsewhere)


@requirement("rfc9700-4.11.1-client-checks-targets")
def test_the_redirection_endpoint_goes_to_no_target_of_others(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-with-places")

    expect(login).page("no redirect to a place that a parameter names", leads_elsewhere)


@requirement("rfc9700-2.1-client-prevents-csrf")
@pytest.mark.parametrize("misbehavior", FORGED)
def test_a_forged_answer_brings_no_tokens(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("tokens")


@requirement("rfc9700-2.1-client-relies-on-pkce")
def test_what_protects_from_forged_answers(serve: Serve) -> None:
    login = serve.login("state-of-nobody")

    rests = login.has("code exchange")
    serve.note("it rests on PKCE against forged answers" if rests else "it rests on state against forged answers")


@requirement("rfc9700-2.1-client-state-otherwise")
def test_without_pkce_each_login_has_a_state_of_its_own(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", times=2)

    expect(login).all_of("start", "a state for each login", states_without_other_protection)


@requirement("rfc9700-4.7.1-client-knows-of-pkce")
def test_a_server_without_pkce_is_not_relied_on(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-nobody-without-pkce")

    expect(login).refuses("tokens")


@requirement("rfc9700-4.2.4-client-invalidates-state")
def test_a_state_is_taken_once(serve: Serve, expect: Expect) -> None:
    login = serve.login("state-of-an-earlier-login", "second_login", times=2)

    expect(login).sends("code exchange", at_most=1)


@requirement("rfc9700-2.1-client-defends-against-mix-up")
@pytest.mark.parametrize("misbehavior", MIXED_UP)
def test_a_code_of_another_server_is_kept_from_the_first(serve: Serve, expect: Expect, misbehavior: str) -> None:
    serve.of_two_servers()
    login = serve.login(misbehavior, "second_issuer")

    expect(login).refuses("code exchange")


@requirement("rfc9700-2.1-client-defends-against-mix-up")
@pytest.mark.parametrize("misbehavior", MIXED_UP)
def test_a_code_of_the_first_server_is_kept_from_a_second(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login_at_second(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc9700-2.1-client-defends-against-mix-up")
def test_each_server_gets_its_own_codes_alone(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_issuer")

    expect(login).nothing("codes at the server that issued them", codes_kept_apart(login))


@requirement("rfc9700-4.4.2-client-stores-issuer")
def test_the_client_knows_which_server_it_asked(serve: Serve, expect: Expect) -> None:
    serve.of_two_servers()
    login = serve.login("mix-up", "second_issuer")

    expect(login).refuses("code exchange")


@requirement("rfc9700-2.1-client-uses-issuer")
def test_the_issuer_of_an_answer_counts(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("iss-of-another")

    expect(login).refuses("code exchange")


@requirement("rfc9700-4.4.2.1-client-compares-issuer")
@needs("issuer_parameter")
@pytest.mark.parametrize("misbehavior", OTHERS)
def test_the_issuer_is_compared(serve: Serve, expect: Expect, misbehavior: str) -> None:
    serve.informed()
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc9700-4.4.2.1-client-aborts")
@needs("issuer_parameter")
def test_where_issuers_differ_nothing_goes_on(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("iss-of-another")

    expect(login).refuses("token")


@requirement("rfc9700-2.1-client-distinct-redirect-uris")
def test_whether_each_server_has_a_redirection_uri_of_its_own(serve: Serve) -> None:
    login = serve.honest("second_issuer")

    first, second = login.redirect_uris
    serve.note("each server has a redirection URI of its own" if first != second else "servers share a redirection URI")
