"""RFC 6749 section 3.1.2.4: invalid endpoint."""

from __future__ import annotations

import pytest

from conformance.browser.user_agent import CLICKED, Answer
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.altered_forms import missed_by_post, missed_in_form
from conformance.procedures.authorization_answers import says_something
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.redirects import brings_grant, expect_not_moved, missed_request, near_misses, second_uri

# A foreign URI, and one that differs little: forms may be compared more loosely than requests.
IN_FORMS = ("foreign-uri", "longer-path")


@requirement("rfc6749-3.1.2.4-resource-owner-informed")
def test_the_owner_is_told_of_a_missing_uri(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    second_uri(request.client)

    answer = request.changed(redirect_uri=OMIT)

    expect.that(brings_grant(answer) or tells_owner(answer), "a page that says what is wrong", answer)


@requirement("rfc6749-3.1.2.4-resource-owner-informed")
@pytest.mark.parametrize("name", ["foreign-host", "fragment", "path-alone", "extra-path"])
def test_the_owner_is_told_of_a_bad_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect.that(brings_grant(found.answer) or tells_owner(found.answer), "a page that says what is wrong", found.answer)


@requirement("rfc6749-3.1.2.4-no-redirect-to-invalid-uri")
@pytest.mark.parametrize("name", near_misses("foreign", "scheme", "authority", "path", "query", "fragment", "relative"))
def test_no_mechanism_leads_to_an_invalid_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_request(given, send, name)

    expect_not_moved(expect, found)


@requirement("rfc6749-3.1.2.4-no-redirect-to-invalid-uri")
@pytest.mark.parametrize("name", IN_FORMS)
def test_no_form_of_a_page_leads_to_an_invalid_uri(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed_in_form(given, send, name)

    expect_not_moved(expect, found)


@requirement("rfc6749-3.1.2.4-no-redirect-to-invalid-uri")
def test_no_request_by_post_leads_to_an_invalid_uri(given: Given, send: Send, expect: Expect) -> None:
    found = missed_by_post(given, send)

    expect_not_moved(expect, found)


def tells_owner(answer: Answer) -> bool:
    """Whether the user agent stayed on a page with something to read; a bare JSON error is no page, but it tells."""
    return (answer.destination is None or answer.mechanism in CLICKED) and says_something(answer)
