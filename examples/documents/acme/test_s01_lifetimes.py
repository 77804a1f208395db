"""Acme's OAuth contract, section 1: lifetimes."""

from conformance.harness import Expect, Given, requirement

MONTH = 30 * 24 * 60 * 60


@requirement("acme-1-tokens-live-a-month-at-most")
def test_an_access_token_expires_within_a_month(given: Given, expect: Expect) -> None:
    members = given.tokens().members

    lifetime = members.get("expires_in")

    expect.that(isinstance(lifetime, int) and lifetime <= MONTH, f"expires_in of at most {MONTH}", f"{lifetime!r}")
