"""RFC 6749 section 4.1.1: authorization request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import (
    arrived_answer,
    brings_no_code,
    code_client,
    declined_answer,
    granted_answer,
    is_back,
    left_waiting,
    other_redirect_uri,
    refused_answers,
    seen_granted,
    told_to_client,
    values,
)
from conformance.procedures.token_requests import escaped_form

FROM_ANOTHER_SITE = (
    ("Referer", "https://client.example/start"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
)
ENCODINGS: dict[str, Callable[..., str]] = {
    "plus-for-space": urlencode,
    "escaped-space": partial(urlencode, quote_via=quote),
    "everything-escaped": escaped_form,
}


@requirement("rfc6749-4.1.1-query-parameters-served")
def test_parameters_in_the_query_are_served_in_any_order(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)
    request = send.authorization_request()

    answer = send.authorization(replace(request, pairs=request.pairs[::-1]))

    expect(arrived_answer(given, answer)).carries("code")


@requirement("rfc6749-4.1.1-form-encoding-decoded")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_form_encoding_is_undone(given: Given, send: Send, expect: Expect, encoding: str) -> None:
    seen_granted(given)
    request = send.authorization_request(state="two words")

    answer = arrived_answer(given, send.authorization(request, encoded=ENCODINGS[encoding](request.pairs)))

    expect(answer).carries("code")
    expect.that(
        {*values(answer, "state")} <= {"two words"}, "the state 'two words'", answer, breach="act", about="state"
    )


@requirement("rfc6749-4.1.1-response-type-required")
def test_no_code_without_response_type(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(response_type=OMIT)

    expect.that(brings_no_code(answer), "no code", answer, breach="act")


@requirement("rfc6749-4.1.1-response-type-code-served")
@pytest.mark.parametrize("name", ["confidential", "public", "single_redirect"])
def test_a_code_for_response_type_code(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = code_client(given, name)

    answer = send.authorize(client, "code")

    expect(arrived_answer(given, answer)).carries("code")


@requirement("rfc6749-4.1.1-response-type-exactly-code")
@pytest.mark.parametrize("response_type", ["CODE", "Code", "cod", "codex"])
def test_no_code_for_a_similar_response_type(given: Given, send: Send, expect: Expect, response_type: str) -> None:
    seen_granted(given)

    answer = send.authorize(response_type=response_type)

    expect.that(brings_no_code(answer), "no code", answer, breach="act")


@requirement("rfc6749-4.1.1-client-id-required")
def test_a_request_without_client_id_is_refused(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(client_id=OMIT)

    expect(answer).is_refused()


@requirement("rfc6749-4.1.1-omitted-redirect-uri-served")
def test_the_only_redirect_uri_may_be_left_out(given: Given, send: Send, expect: Expect) -> None:
    client = code_client(given, "single_redirect")
    given.came_back(given.approval(client))

    answer = arrived_answer(given, send.authorize(client, redirect_uri=OMIT))

    expect(answer).goes_to(client.redirect_uris[0])
    expect(answer).carries("code")


@requirement("rfc6749-4.1.1-given-redirect-uri-used")
def test_the_answer_goes_to_the_redirect_uri_named(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("authorization_code")
    second = other_redirect_uri(client)
    given.came_back(given.approval(client))

    answer = arrived_answer(given, send.authorize(client, redirect_uri=second))

    expect(answer).goes_to(second)


@requirement("rfc6749-4.1.1-scope-parameter-accepted")
def test_a_scope_of_the_client_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(scope=given.scopes("authorization_code")[-1])

    expect(arrived_answer(given, answer)).carries("code")


@requirement("rfc6749-4.1.1-omitted-state-served")
def test_a_request_without_state_is_served(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(state=OMIT)

    expect(arrived_answer(given, answer)).carries("code")


@requirement("rfc6749-4.1.1-state-included-on-return")
@pytest.mark.parametrize("end", [granted_answer, declined_answer], ids=["granted", "declined"])
def test_state_comes_back(given: Given, send: Send, expect: Expect, end: Callable[[Given, Send], Answer]) -> None:
    answer = told_to_client(end(given, send))

    expect.that(bool(values(answer, "state")), "state sent back to the client", answer, about=("client", "state"))


@requirement("rfc6749-4.1.1-state-included-on-return")
def test_state_comes_back_with_errors(given: Given, send: Send, expect: Expect) -> None:
    without = [answer for answer in refused_answers(given, send) if not values(answer, "state")]

    expect.that(
        not without,
        "state sent back with every error",
        "; ".join(map(str, without)),
        about=("refusal", "client", "state"),
    )


@requirement("rfc6749-4.1.1-redirected-user-agent-served")
def test_a_user_agent_from_another_site_is_served(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorization(send.authorization_request(), headers=FROM_ANOTHER_SITE)

    expect(arrived_answer(given, answer)).carries("code")


@requirement("rfc6749-4.1.1-required-parameters-validated")
@pytest.mark.parametrize("value", [OMIT, "", "invented"], ids=["missing", "empty", "invalid"])
@pytest.mark.parametrize("name", ["client_id", "response_type"])
def test_a_faulty_request_of_a_willing_owner_obtains_no_code(
    given: Given, send: Send, expect: Expect, name: str, value: Any
) -> None:
    seen_granted(given)
    faulty: dict[str, Any] = {name: value}

    answer = send.authorize(**faulty)

    expect.that(brings_no_code(answer), "no code", answer, breach="act")


@requirement("rfc6749-4.1.1-resource-owner-authenticated")
def test_nobody_obtains_a_code(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(user_agent=given.nobodys_user_agent())

    expect(answer).grants_nothing()


@requirement("rfc6749-4.1.1-wrong-password-no-code")
def test_a_wrong_password_obtains_no_code(given: Given, send: Send, expect: Expect) -> None:
    given.came_back(send.authorize(user_agent=given.user_agent(fresh=True)), "a sign-in with the right password")
    impostor = replace(given.owner(), password=given.invented("password"))

    answer = send.authorize(user_agent=UserAgent(impostor, most_passwords=1))

    expect(answer).grants_nothing()


@requirement("rfc6749-4.1.1-decision-before-code")
def test_a_page_that_waits_for_a_decision_grants_nothing(given: Given, send: Send, expect: Expect) -> None:
    answer = left_waiting(given, send)

    expect(answer).grants_nothing()


@requirement("rfc6749-4.1.1-decision-before-code")
def test_a_page_that_asks_for_a_decision_does_not_hold_the_code(given: Given, send: Send, expect: Expect) -> None:
    answer = given.came_back(given.approval())

    early = [page for page in answer.pages if page is not answer.reply and (answer.get("code") or "") in page.text]
    expect.that(not early, "no code before the decision", f"the code in {len(early)} pages before it", breach="act")


@requirement("rfc6749-4.1.1-granted-returns-to-client")
@pytest.mark.parametrize("at", [0, 1], ids=["first-uri", "second-uri"])
@pytest.mark.parametrize("name", ["confidential", "public"])
def test_a_grant_returns_to_the_client(given: Given, send: Send, expect: Expect, name: str, at: int) -> None:
    client = code_client(given, name)
    redirect_uri = (client.redirect_uris[0], other_redirect_uri(client))[at]

    answer = arrived_answer(given, send.authorize(client, redirect_uri=redirect_uri))

    expect.that(is_back(answer), f"the user agent sent to {redirect_uri}", answer, about="place")


@requirement("rfc6749-4.1.1-denied-returns-to-client")
def test_a_denial_returns_to_the_client(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_answer(given, send)

    expect.that(
        is_back(answer), "the user agent sent to the client's redirection URI", answer, about=("client", "place")
    )
