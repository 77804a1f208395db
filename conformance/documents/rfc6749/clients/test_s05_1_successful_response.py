"""RFC 6749 section 5.1, and section 7.1: what the client makes of a token response."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import issued_values, without
from conformance.clients.serve import Serve

# The empty one is "Bearer", which an honest stage says.
SPELLINGS = ("", "type-in-small-letters", "type-in-capitals", "type-in-mixed-case")
requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc6749-5.1-token-type-ignores-case")
@pytest.mark.parametrize("misbehavior", SPELLINGS)
def test_the_type_counts_in_any_case(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.spelled(misbehavior, SPELLINGS)

    expect(login).bears_it()


@requirement("rfc6749-5.1-success-order-irrelevant")
def test_the_order_of_members_is_irrelevant(serve: Serve, expect: Expect) -> None:
    login = serve.login("tokens-in-another-order")

    expect(login).bears_it()


@requirement("rfc6749-5.1-unknown-members-ignored")
def test_unknown_members_are_passed_over(serve: Serve, expect: Expect) -> None:
    login = serve.login("tokens-with-unknown-members")

    expect(login).bears_it()


@requirement("rfc6749-5.1-no-size-assumptions")
def test_an_access_token_of_any_size_works(serve: Serve, expect: Expect) -> None:
    login = serve.login("access-token-long")

    expect(login).bears_it()


@requirement("rfc6749-5.1-no-size-assumptions")
@needs("refresh_token")
def test_a_refresh_token_of_any_size_works(serve: Serve, expect: Expect) -> None:
    login = serve.login("refresh-token-long", "refresh")

    expect(login).bears_it()


@requirement("rfc6749-7.1-unknown-type-not-used")
@pytest.mark.parametrize("misbehavior", ["type-mac", "type-unknown"])
def test_a_token_of_unknown_type_is_not_used(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior, until="resource")

    expect(login).refuses("resource")


@requirement("rfc6749-7.1-unknown-type-not-used")
@needs("refresh_token")
def test_a_refreshed_token_of_unknown_type_is_not_used(serve: Serve, expect: Expect) -> None:
    login = serve.login("type-unknown-after-refresh", "refresh", until="resource")

    fault = without(issued_values(login, "access_token", of="refreshed"), "a token of unknown type")
    expect(login).nothing("no use of a token of unknown type", fault)
