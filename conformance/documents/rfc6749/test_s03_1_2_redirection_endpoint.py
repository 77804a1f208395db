"""RFC 6749 section 3.1.2: redirection endpoint."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_answers import (
    arrived_answer,
    declined_answer,
    lost_from_query,
    served_without_redirect_uri,
)
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.detours import code_by_detour
from conformance.procedures.redirects import (
    GRANT_OF,
    ResponseType,
    UriTest,
    any_response_type,
    error_response,
    expect_not_accepted,
    landed_at,
    missed_request,
    near_misses,
    registered_where,
    second_uri,
    with_escapes_in_query,
    with_query,
)
from conformance.procedures.tabs import SIDE_BY_SIDE, Order, Place, decisions_in_order, in_words
from conformance.profile.target import Target

BOTH_RESPONSE_TYPES = pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)
BOTH_QUERIES = pytest.mark.parametrize("fits", [with_query, with_escapes_in_query], ids=["plain", "escaped"])


@requirement("rfc6749-3.1.2-user-agent-returns-to-client")
def test_the_user_agent_returns_after_a_grant(given: Given, send: Send, expect: Expect) -> None:
    response_type = any_response_type(given)
    client = given.client_for(GRANT_OF[response_type])

    answer = arrived_answer(given, send.authorize(client, response_type))

    expect.that(
        landed_at(answer, client.redirect_uris) is not None,
        "the user agent sent back to the client",
        answer,
        about="client",
    )


@requirement("rfc6749-3.1.2-user-agent-returns-to-client")
@needs("authorization_code")
def test_the_user_agent_returns_after_a_denial(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_answer(given, send)

    uris = answer.request.client.redirect_uris
    expect.that(landed_at(answer, uris) is not None, "the user agent sent back to the client", answer, about="client")


@requirement("rfc6749-3.1.2-uri-of-the-request-used")
def test_the_response_goes_to_the_uri_of_the_request(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    wanted = second_uri(request.client)

    answer = arrived_answer(given, request.changed(redirect_uri=wanted))

    expect.that(
        landed_at(answer, request.client.redirect_uris) == wanted,
        f"the user agent sent to {wanted}",
        answer,
        about="place",
    )


@requirement("rfc6749-3.1.2-uri-of-the-request-used")
@needs("authorization_code")
def test_the_sign_in_page_leads_to_the_uri_of_the_request(given: Given, send: Send, expect: Expect) -> None:
    second_uri(given.client_for("authorization_code"))

    answer = code_by_detour(given, send).answer

    wanted = answer.request.get("redirect_uri")
    there = landed_at(answer, answer.request.client.redirect_uris)
    expect.that(there == wanted, f"the user agent sent to {wanted}", answer, about="place")


@requirement("rfc6749-3.1.2-uri-of-the-request-used")
@needs("authorization_code")
@SIDE_BY_SIDE
def test_each_of_several_requests_is_answered_at_its_own_uri(
    given: Given, send: Send, expect: Expect, place: Place, order: Order
) -> None:
    decisions = decisions_in_order(given, send, place, order)

    astray = decisions.at_other_uris
    expect.that(
        not astray, "the user agent sent to the URI of the request that was approved", in_words(astray), about="place"
    )


@requirement("rfc6749-3.1.2-registered-uri-used")
def test_the_response_goes_to_the_only_registered_uri(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send, given.client("single_redirect"))

    answer = served_without_redirect_uri(request.changed(redirect_uri=OMIT))

    only = request.client.redirect_uris[0]
    expect.that(landed_at(answer, [only]) is not None, f"the user agent sent to {only}", answer, about="place")


@requirement("rfc6749-3.1.2-relative-uri-refused")
@pytest.mark.parametrize("name", near_misses("relative"))
def test_a_relative_redirect_uri_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2-uri-with-query-served")
@BOTH_QUERIES
def test_a_uri_with_a_query_is_served(given: Given, send: Send, expect: Expect, target: Target, fits: UriTest) -> None:
    client, uri = registered_where(target, fits, "a redirection URI with such a query component")
    request = ordinary_request(given, send, client, any_response_type(given, client))

    answer = arrived_answer(given, request.changed(redirect_uri=uri))

    expect.that(answer.get("error") is None and answer.destination is not None, "the request to be served", answer)


@requirement("rfc6749-3.1.2-query-retained-on-success")
@BOTH_QUERIES
@BOTH_RESPONSE_TYPES
def test_the_query_is_retained_on_success(
    given: Given, send: Send, expect: Expect, target: Target, response_type: ResponseType, fits: UriTest
) -> None:
    client, uri = registered_where(target, fits, "a redirection URI with such a query component", response_type)

    answer = given.came_back(send.authorize(client, response_type, redirect_uri=uri))

    expect.that(lost_from_query(answer) == [], f"the query of {uri} retained", answer, breach="act", about="place")


@requirement("rfc6749-3.1.2-query-retained-on-error")
@BOTH_QUERIES
@BOTH_RESPONSE_TYPES
def test_the_query_is_retained_on_error(
    given: Given, send: Send, expect: Expect, target: Target, response_type: ResponseType, fits: UriTest
) -> None:
    client, uri = registered_where(target, fits, "a redirection URI with such a query component", response_type)

    answer = error_response(given, send, client, response_type, uri)

    expect.that(lost_from_query(answer) == [], f"the query of {uri} retained", answer, breach="act", about="place")


@requirement("rfc6749-3.1.2-uri-with-fragment-refused")
@pytest.mark.parametrize("name", near_misses("fragment"))
def test_a_uri_with_a_fragment_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_accepted(expect, found)
