"""RFC 6749 section 3.1.2.3: dynamic configuration."""

from __future__ import annotations

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.harness.procedures.authorization_requests import ordinary
from conformance.harness.procedures.redirects import expect_not_accepted, missed, near_misses, second_uri


@requirement("rfc6749-3.1.2.3-missing-uri-of-several-refused")
def test_with_several_uris_one_has_to_be_named(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary(given, send)
    second_uri(request.client)

    answer = request.changed(redirect_uri=OMIT)

    expect(answer).is_refused()


@requirement("rfc6749-3.1.2.3-unmatched-uri-refused")
@pytest.mark.parametrize("name", near_misses("foreign"))
def test_a_uri_that_matches_none_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed(given, send, name)

    expect_not_accepted(expect, found)


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@pytest.mark.parametrize("name", near_misses("equivalent"))
def test_an_equivalent_uri_is_another_one(given: Given, send: Send, expect: Expect, name: str) -> None:
    found = missed(given, send, name)

    expect_not_accepted(expect, found)
