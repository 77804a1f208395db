"""RFC 9700 section 4.4: mix-up attacks."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.issuer_parameter import issuers_of, responses

KINDS = [
    pytest.param("code", marks=needs("authorization_code")),
    pytest.param("code-error", marks=needs("authorization_code")),
    pytest.param("token", marks=needs("implicit")),
]


@requirement("rfc9700-4.4.2.1-issuer-in-response")
@pytest.mark.parametrize("kind", KINDS)
def test_responses_name_the_issuer(given: Given, send: Send, expect: Expect, kind: str) -> None:
    answers, issuer = responses(given, send, kind), given.issuer()

    others = [answer for answer in answers if issuers_of(answer) != [issuer]]
    expect.that(not others, f"a response with iss {issuer}", next(iter(others), None))
