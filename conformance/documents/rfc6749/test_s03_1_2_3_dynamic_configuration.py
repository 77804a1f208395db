"""RFC 6749 section 3.1.2.3: dynamic configuration."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.public_clients import public_client
from conformance.procedures.redirects import (
    expect_not_accepted,
    missable_client,
    missed_request,
    near_miss,
    near_misses,
)
from conformance.procedures.uris_of_others import ASKING, missed_by_uri_of_another
from conformance.profile.target import Target


@requirement("rfc6749-3.1.2.3-unmatched-uri-refused")
@pytest.mark.parametrize("name", near_misses("foreign"))
def test_a_uri_that_matches_none_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.3-unmatched-uri-refused")
@pytest.mark.parametrize("asking", ASKING)
def test_a_uri_that_another_client_registered_is_refused(
    given: Given, send: Send, expect: Expect, target: Target, asking: str
) -> None:
    found = missed_by_uri_of_another(given, send, target, asking)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.3-unmatched-uri-refused")
def test_a_uri_that_matches_none_is_refused_by_post(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    taken_by_post(given, request)

    answer = request.changed(method="POST", redirect_uri=near_miss("foreign-uri", request.client.redirect_uris))

    expect(answer).grants_nothing()


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@pytest.mark.parametrize("name", near_misses("equivalent"))
def test_an_equivalent_uri_of_a_public_client_is_another_one(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    client, response_type = public_client(given)

    found = missed_request(given, send, name, client, response_type)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@pytest.mark.parametrize("name", near_misses("equivalent"))
def test_an_equivalent_uri_is_another_one(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@pytest.mark.parametrize("name", near_misses("replaced"))
def test_a_uri_with_another_character_is_another_one(
    given: Given, send: Send, expect: Expect, target: Target, name: str
) -> None:
    client = missable_client(given, target, name)

    found = missed_request(given, send, name, client)

    expect_not_accepted(expect, found)
