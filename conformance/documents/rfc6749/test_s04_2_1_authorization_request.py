"""RFC 6749 section 4.2.1: authorization request of the implicit grant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import arrived_answer, other_redirect_uri, told_to_client, values
from conformance.procedures.grants import client_using
from conformance.procedures.implicit_answers import (
    UNREGISTERED,
    declined_answer,
    errors,
    expect_granted,
    granted_anew,
    granted_answer,
    unregistered_uri,
    was_granted,
    was_moved_to,
    with_changes,
)
from conformance.procedures.token_requests import escaped_form


@pytest.mark.parametrize("encode", [escaped_form, urlencode], ids=["everything escaped", "plus for space"])
@requirement("rfc6749-4.2.1-query-form-encoded")
def test_the_query_is_read_as_form_encoded(
    given: Given, send: Send, expect: Expect, encode: Callable[[Sequence[tuple[str, str]]], str]
) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token", state="two words")

    answer = arrived_answer(given, send.authorization(request, encoded=encode(request.pairs)))

    expect_granted(expect, answer)
    expect.that(
        {*values(answer, "state")} <= {"two words"}, "the state that was meant", answer, breach="act", about="state"
    )


@requirement("rfc6749-4.2.1-response-type-required")
def test_a_request_without_response_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, response_type=OMIT))

    expect(answer).is_refused()


@pytest.mark.parametrize("name", ["confidential", "public"])
@requirement("rfc6749-4.2.1-response-type-token")
def test_the_response_type_token_is_accepted(given: Given, send: Send, expect: Expect, name: str) -> None:
    client = client_using(given, name, "implicit")

    answer = arrived_answer(given, send.authorize(client, "token"))

    expect_granted(expect, answer)


@pytest.mark.parametrize("response_type", ["Token", "TOKEN"])
@requirement("rfc6749-4.2.1-response-type-exact")
def test_a_response_type_in_other_case_obtains_no_token(
    given: Given, send: Send, expect: Expect, response_type: str
) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, response_type=response_type))

    expect(answer).grants_nothing()


@requirement("rfc6749-4.2.1-client-id-required")
def test_a_request_without_client_id_is_refused(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.client_for("implicit"), "token", client_id=OMIT)

    expect(answer).is_refused()


@requirement("rfc6749-4.2.1-redirect-uri-omitted")
def test_the_only_redirect_uri_need_not_be_sent(given: Given, send: Send, expect: Expect) -> None:
    client = client_using(given, "single_redirect", "implicit")
    given.approval(client, "token")

    answer = arrived_answer(given, send.authorize(client, "token", redirect_uri=OMIT))

    expect_granted(expect, answer)
    expect(answer).goes_to(client.redirect_uris[0])


@requirement("rfc6749-4.2.1-redirect-uri-followed")
def test_the_answer_goes_to_the_redirect_uri_of_the_request(given: Given, send: Send, expect: Expect) -> None:
    redirect_uri = other_redirect_uri(given.client_for("implicit"))

    answer = granted_anew(given, redirect_uri=redirect_uri)

    expect(answer).goes_to(redirect_uri)


@requirement("rfc6749-4.2.1-scope-omitted")
def test_a_request_without_scope_is_granted_or_its_scope_invalid(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = arrived_answer(given, send.authorize(given.client_for("implicit"), "token", scope=OMIT))

    expect.that(
        was_granted(answer) or answer.get("error") == "invalid_scope",
        "a default scope, or error 'invalid_scope'",
        answer,
        about=("error invalid_scope", "scope"),
    )


@requirement("rfc6749-4.2.1-scope-accepted")
def test_a_scope_of_the_client_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("implicit")

    answer = arrived_answer(given, send.authorize(client, "token", scope=given.scopes("implicit", client=client)[0]))

    expect_granted(expect, answer)


@requirement("rfc6749-4.2.1-state-omitted")
def test_a_request_without_state_is_accepted(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = arrived_answer(given, send.authorize(given.client_for("implicit"), "token", state=OMIT))

    expect_granted(expect, answer)


@pytest.mark.parametrize("end", [granted_answer, declined_answer], ids=["granted", "declined"])
@requirement("rfc6749-4.2.1-state-comes-back")
def test_state_comes_back(given: Given, send: Send, expect: Expect, end: Callable[[Given, Send], Answer]) -> None:
    answer = told_to_client(end(given, send))

    expect.that(bool(values(answer, "state")), "state sent back to the client", answer, about=("client", "state"))


@requirement("rfc6749-4.2.1-state-comes-back")
def test_state_comes_back_with_errors(given: Given, send: Send, expect: Expect) -> None:
    forgetful = [answer for answer in errors(given, send) if not values(answer, "state")]

    expect.that(
        not forgetful,
        "state sent back to the client with every error",
        "; ".join(map(str, forgetful)),
        about=("refusal", "client", "state"),
    )


@pytest.mark.parametrize("value", [OMIT, ""], ids=["missing", "empty"])
@pytest.mark.parametrize("name", ["response_type", "client_id"])
@requirement("rfc6749-4.2.1-required-parameters-present")
def test_a_request_that_lacks_a_required_parameter_obtains_no_token(
    given: Given, send: Send, expect: Expect, name: str, value: Any
) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, **{name: value}))

    expect(answer).grants_nothing()


@pytest.mark.parametrize("name", ["response_type", "client_id"])
@requirement("rfc6749-4.2.1-required-parameters-valid")
def test_an_invalid_required_parameter_obtains_no_token(given: Given, send: Send, expect: Expect, name: str) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, **{name: given.invented(name)}))

    expect(answer).grants_nothing()


@pytest.mark.parametrize("how", UNREGISTERED)
@requirement("rfc6749-4.2.1-redirect-uri-matches-registration")
def test_no_token_goes_to_an_unregistered_redirect_uri(given: Given, send: Send, expect: Expect, how: str) -> None:
    granted_answer(given, send)
    client = given.client_for("implicit")
    uri = unregistered_uri(client, how)

    answer = send.authorize(client, "token", redirect_uri=uri)

    expect.that(
        not (answer.get("access_token") and was_moved_to(answer, uri)),
        f"no access token sent to {uri}",
        answer,
        breach="act",
    )


@requirement("rfc6749-4.2.1-owner-authenticated")
def test_somebody_unknown_obtains_no_token(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    nobody = replace(given.owner(), username=given.invented("username"), password=given.invented("password"))

    answer = send.authorize(given.client_for("implicit"), "token", user_agent=UserAgent(nobody, most_passwords=1))

    expect(answer).grants_nothing()


@requirement("rfc6749-4.2.1-owner-decides")
def test_a_declined_request_obtains_no_token(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = declined_answer(given, send)

    expect(answer).grants_nothing()


@pytest.mark.parametrize("end", [granted_answer, declined_answer], ids=["granted", "declined"])
@requirement("rfc6749-4.2.1-user-agent-sent-back")
def test_the_user_agent_is_sent_back(
    given: Given, send: Send, expect: Expect, end: Callable[[Given, Send], Answer]
) -> None:
    answer = end(given, send)

    expect(answer).goes_to(answer.request.get("redirect_uri") or "")
