"""RFC 6749 section 10.12: cross-site request forgery."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.consent import (
    asked,
    asked_about_two_clients,
    forged_decision,
    linked_decision,
    look,
)


@requirement("rfc6749-10.12-state-returned-with-code")
def test_state_comes_back_with_the_code(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "code"))

    expect(answer).returns_state(answer.request.get("state"))


@requirement("rfc6749-10.12-state-returned-with-token")
def test_state_comes_back_beside_the_token(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "token"))

    states = [value for name, value in answer.fragment if name == "state"]
    expect.that(states == [answer.request.get("state")], "the request's state in the fragment, once", states)


@requirement("rfc6749-10.12-forged-consent-has-no-effect")
def test_a_forged_decision_grants_nothing(given: Given, send: Send, expect: Expect) -> None:
    answer = forged_decision(given, send, knowing="nothing")

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-foreign-consent-has-no-effect")
def test_a_decision_with_the_secrets_of_another_browser_grants_nothing(
    given: Given, send: Send, expect: Expect
) -> None:
    answer = forged_decision(given, send, knowing="a copy of its own")

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_a_link_that_decides_grants_nothing(given: Given, send: Send, expect: Expect) -> None:
    answer = linked_decision(given, send)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_consent_to_one_client_is_none_to_another(given: Given, send: Send, expect: Expect) -> None:
    one, other = asked_about_two_clients(given, send)
    given.came_back(send.authorization(one.request, user_agent=one.user_agent))

    answer = look(given, send, other.request, other.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_a_refusal_is_no_consent(given: Given, send: Send, expect: Expect) -> None:
    page = asked(given, send)
    send.authorization(page.request, user_agent=page.user_agent, decision="decline")

    answer = look(given, send, page.request, page.user_agent)

    expect(answer).grants_nothing()
