"""RFC 6749 section 10.12: cross-site request forgery."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.asked_in_other_forms import FORMS, asked_otherwise
from conformance.procedures.asking import certain_refusal
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.consent import (
    asked_about_other_with_secret,
    asked_beside_main_client,
    asked_unprompted,
    forged_decision,
    linked_decision,
    page_before_decision,
    page_that_asks,
)
from conformance.procedures.consent_reach import (
    added_at_exchange,
    after_another_person,
    after_consent_of_another,
    more_after_less,
)
from conformance.procedures.redirects import any_response_type


@requirement("rfc6749-10.12-state-returned-with-code")
def test_state_comes_back_with_the_code(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "code"))

    expect(answer).returns_state(answer.request.get("state"))


@requirement("rfc6749-10.12-state-returned-with-token")
def test_state_comes_back_beside_the_token(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "token"))

    states = [value for name, value in answer.fragment if name == "state"]
    expect.that(
        states == [answer.request.get("state")],
        "the request's state in the fragment, once",
        states,
        about=("client", "state"),
    )


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
    page = asked_beside_main_client(given, send)
    given.came_back(given.approval(None, any_response_type(given), user_agent=page.user_agent))

    answer = page_before_decision(given, send, page.request, page.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_consent_to_one_client_is_none_to_another_with_a_secret(given: Given, send: Send, expect: Expect) -> None:
    page = asked_about_other_with_secret(given, send)
    given.came_back(given.approval(None, any_response_type(given), user_agent=page.user_agent))

    answer = page_before_decision(given, send, page.request, page.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_a_refusal_to_a_client_with_a_secret_is_no_consent(given: Given, send: Send, expect: Expect) -> None:
    page = asked_about_other_with_secret(given, send)
    arrived_answer(
        given, certain_refusal(send.authorization(page.request, user_agent=page.user_agent, decision="decline"))
    )

    answer = page_before_decision(given, send, page.request, page.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_a_request_for_no_pages_is_no_consent(given: Given, send: Send, expect: Expect) -> None:
    page = asked_unprompted(given, send)
    request = replace(page.request, pairs=(*page.request.pairs, ("prompt", "none")))

    answer = page_before_decision(given, send, request, page.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
@pytest.mark.parametrize("form", FORMS)
def test_another_form_of_a_request_is_no_consent(given: Given, send: Send, expect: Expect, form: str) -> None:
    answer = asked_otherwise(given, send, form)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
def test_a_refusal_is_no_consent(given: Given, send: Send, expect: Expect) -> None:
    page = page_that_asks(given, send)
    arrived_answer(
        given, certain_refusal(send.authorization(page.request, user_agent=page.user_agent, decision="decline"))
    )

    answer = page_before_decision(given, send, page.request, page.user_agent)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
@needs("authorization_code", "scopes")
def test_consent_to_a_scope_is_none_to_another(given: Given, send: Send, expect: Expect) -> None:
    scope, other = more_after_less(given, send)

    kept = scope is None or other not in scope.at_least
    expect.that(
        kept, "the resource owner asked again, or no more granted than was approved", scope, breach="act", about="scope"
    )


@requirement("rfc6749-10.12-no-grant-without-consent")
@needs("authorization_code", "scopes")
def test_an_exchange_adds_no_scope_to_what_was_approved(given: Given, send: Send, expect: Expect) -> None:
    scope, other = added_at_exchange(given, send, "scope")

    expect.that(other not in scope.at_least, "no more granted than was approved", scope, breach="act", about="scope")


@requirement("rfc6749-10.12-no-grant-without-consent")
@needs("authorization_code", "refresh_token", "scopes")
def test_a_refresh_token_adds_no_scope_to_what_was_approved(given: Given, send: Send, expect: Expect) -> None:
    scope, other = added_at_exchange(given, send, "refresh_token")

    expect.that(other not in scope.at_least, "no more granted than was approved", scope, breach="act", about="scope")


@requirement("rfc6749-10.12-no-grant-without-consent")
@needs("authorization_code")
def test_consent_of_one_person_is_none_of_another(given: Given, send: Send, expect: Expect) -> None:
    answer = after_consent_of_another(given, send)

    expect(answer).grants_nothing()


@requirement("rfc6749-10.12-no-grant-without-consent")
@needs("authorization_code", "introspection")
def test_consent_in_a_browser_is_none_of_who_signs_in_next(given: Given, send: Send, expect: Expect) -> None:
    approved_by, brought = after_another_person(given, send)

    is_kept = brought is None or brought == approved_by
    expect.that(is_kept, "the next person asked", "a grant by somebody who was not asked", breach="act")
