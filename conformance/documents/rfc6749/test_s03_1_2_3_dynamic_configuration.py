"""RFC 6749 section 3.1.2.3: dynamic configuration."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.redirects import expect_not_accepted, missable, missed, near_misses
from conformance.profile.target import Target


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


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@pytest.mark.parametrize("name", near_misses("replaced"))
def test_a_uri_with_another_character_is_another_one(
    given: Given, send: Send, expect: Expect, target: Target, name: str
) -> None:
    client = missable(given, target, name)

    found = missed(given, send, name, client)

    expect_not_accepted(expect, found)
