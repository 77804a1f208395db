"""RFC 6749 section 10.10: the length of every code and token of a run, by whichever flow and client it came.

Samples are drawn where they are cheapest. What other flows issue may be made in another way: a value by itself shows
no pattern, and it shows how much its length is good for at most.
"""

from __future__ import annotations

import pytest

from conformance.harness import Expect, needs, requirement
from conformance.harness.record import Recorded
from conformance.harness.values_on_record import Issued
from conformance.procedures.sampling import bits_at_most

KINDS = [
    pytest.param("access_token", marks=requirement("rfc6749-10.10-access-token-128-bits"), id="access-token"),
    pytest.param(
        "refresh_token",
        marks=[requirement("rfc6749-10.10-refresh-token-128-bits"), needs("refresh_token")],
        id="refresh-token",
    ),
    pytest.param("code", marks=[requirement("rfc6749-10.10-code-128-bits"), needs("authorization_code")], id="code"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_of_the_run_is_too_short(recorded: Recorded, expect: Expect, kind: str) -> None:
    def judge(issued: Issued) -> None:
        found = bits_at_most(issued.value)
        expect.that(found >= 128, f"{kind} of 128 bits at least", f"one of {found:.0f} bits at most", breach="act")

    recorded.each(recorded.values(kind), judge)


@requirement("rfc6749-10.4-refresh-tokens-unguessable")
@needs("refresh_token")
def test_no_refresh_token_follows_from_its_access_token(recorded: Recorded, expect: Expect) -> None:
    def judge(issued: Issued) -> None:
        found = bits_at_most(issued.beside_access_token)
        expect.that(found >= 64, "a refresh token of its own", "one made from the access token", breach="act")

    recorded.each(recorded.values("refresh_token"), judge)
