"""RFC 6749 section 4.1.2: what the client does with the answer."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve
from conformance.documents.rfc6749.clients.occasions import REFRESH, REVOCATION

requirement = pytest.mark.requirement


@requirement("rfc6749-4.1.2-client-uses-code-once")
def test_a_code_that_was_taken_is_not_sent_again(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).repeats_no("code exchange", "code")


@requirement("rfc6749-4.1.2-client-uses-code-once")
@pytest.mark.parametrize("asked", [REFRESH, REVOCATION, "second_login"])
def test_a_code_is_not_sent_again_later(serve: Serve, expect: Expect, asked: str) -> None:
    login = serve.honest(asked)

    expect(login).repeats_no("code exchange", "code")


@requirement("rfc6749-4.1.2-client-uses-code-once")
def test_a_code_is_not_sent_again_where_its_token_is_refused(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-refuses-tokens")

    expect(login).repeats_no("code exchange", "code")


@requirement("rfc6749-4.1.2-client-uses-code-once")
@pytest.mark.parametrize("misbehavior", ["code-refused", "token-endpoint-breaks-down"])
def test_a_code_that_brought_nothing_is_not_sent_again(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).repeats_no("code exchange", "code")


@requirement("rfc6749-4.1.2-client-ignores-unknown-parameters")
def test_unknown_parameters_are_passed_over(serve: Serve, expect: Expect) -> None:
    login = serve.login("answer-with-unknown-parameters")

    expect(login).bears_it()


@requirement("rfc6749-4.1.2-client-assumes-no-code-size")
@pytest.mark.parametrize("misbehavior", ["code-long", "code-short"])
def test_a_code_of_any_size_works(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).bears_it()
