"""RFC 6749 section 10.14: code injection and input validation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.documents.rfc6749.hostile_input import (
    ENCODED,
    MARKUP,
    REDIRECT_URIS,
    STATES,
    harm_in,
    harm_on_the_way,
    signed_in_with,
    token_request_with,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.redirects import ATTACKER

HARMLESS = "answers to which the input adds nothing"


@requirement("rfc6749-10.14-hostile-state-harmless")
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_hostile_state_adds_nothing_to_a_grant(given: Given, send: Send, expect: Expect, state: str) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(user_agent=given.user_agent(fresh=True), state=state)

    harm = harm_on_the_way(answer)
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-state-harmless")
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_hostile_state_adds_nothing_to_an_error(given: Given, send: Send, expect: Expect, state: str) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(state=state, response_type=given.invented("response_type"))

    harm = harm_on_the_way(answer)
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-state-harmless")
def test_a_hostile_state_adds_nothing_to_an_error_page(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(state=MARKUP, redirect_uri=f"https://{ATTACKER}/")

    harm = harm_on_the_way(answer)
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-redirect-uri-harmless")
@pytest.mark.parametrize("make", REDIRECT_URIS.values(), ids=REDIRECT_URIS)
def test_a_hostile_redirect_uri_is_refused(
    given: Given, send: Send, expect: Expect, make: Callable[[str], str]
) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(redirect_uri=make(request.client.redirect_uris[0]))

    harm = harm_on_the_way(answer)
    expect(answer).stays_on_a_page()
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-page-input-harmless")
@pytest.mark.parametrize("parameter", ["client_id", "response_type", "scope", "login_hint", "invented"])
def test_a_hostile_parameter_adds_nothing_to_pages(given: Given, send: Send, expect: Expect, parameter: str) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(user_agent=given.user_agent(fresh=True), **{parameter: MARKUP})

    harm = harm_on_the_way(answer)
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-page-input-harmless")
def test_a_hostile_user_name_adds_nothing_to_pages(given: Given, send: Send, expect: Expect) -> None:
    answer = signed_in_with(given, send, MARKUP)

    harm = harm_on_the_way(answer)
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-token-request-harmless")
@pytest.mark.parametrize("encoded", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize(
    "parameter",
    [
        "grant_type",
        pytest.param("code", marks=needs("authorization_code")),
        pytest.param("refresh_token", marks=needs("refresh_token")),
        pytest.param("username", marks=needs("password")),
    ],
)
def test_a_hostile_token_request_adds_nothing_to_the_answer(
    given: Given, send: Send, expect: Expect, parameter: str, encoded: str
) -> None:
    reply = token_request_with(given, send, parameter, encoded)

    harm = harm_in(reply)
    expect(reply).issues_nothing()
    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")
