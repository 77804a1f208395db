"""RFC 6749 appendix A.3: "response_type" syntax."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from conformance.documents.rfc6749.extensions import published_names
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.odd_characters import ACCENT, value_with_text_inside

MALFORMED: Mapping[str, Callable[[str], str]] = {
    "comma": lambda name: f"{name},{name}",
    "hyphen": lambda name: f"{name}-",
    "control": lambda name: value_with_text_inside(name, "\x01"),
    "beyond-ascii": lambda name: value_with_text_inside(name, ACCENT),
}


@requirement("rfc6749-A.3-response-types-published-well-formed")
def test_published_response_types_are_well_formed(given: Given, send: Send, expect: Expect) -> None:
    names = published_names(given, send, "response_types_supported")

    expect.syntax("response_type", names)


@requirement("rfc6749-A.3-malformed-response-type-not-served")
@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_response_type_brings_no_grant(given: Given, send: Send, expect: Expect, how: str) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=MALFORMED[how](request.response_type))

    expect(answer).issues_nothing()
