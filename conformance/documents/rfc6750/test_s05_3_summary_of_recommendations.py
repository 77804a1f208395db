"""RFC 6750 section 5.3: summary of recommendations."""

from __future__ import annotations

from conformance.base.outcomes import Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness import Expect, Given, requirement

SHORT = 3600


def told_lifetime(answer: Answer) -> float:
    """The seconds that an implicit answer tells; Vacuous where it tells none."""
    told = answer.get("expires_in") or ""
    if not told.isdecimal():
        raise Vacuous("the answer doesn't tell the token's lifetime")
    return float(told)


@requirement("rfc6750-5.3-short-lived-tokens")
def test_tokens_for_browsers_are_short_lived(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "token"))

    seconds = told_lifetime(answer)
    expect.that(seconds <= SHORT, "an implicit token to live one hour or less", f"{seconds:.0f} s", breach="act")
