"""RFC 7636 section 4.6 and Appendix B: the server verifies the verifier."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_answers import other_redirect_uri
from conformance.procedures.client_authentication import with_wrong_secret
from conformance.procedures.pkce import (
    SHORTEST,
    Pair,
    appendix_b_pair,
    code_at_second_uri,
    code_with,
    expect_served,
    flow,
    longest_plain,
    pkce_client,
    plain_pair,
    presented_again,
    reply_without_verifier,
    s256_pair,
    verifier_of,
)
from conformance.procedures.second_passwords import code_at_second_try

# A verifier that was never seen before, and one that was good for another code of the same client.
WRONG = pytest.mark.parametrize(("name", "how"), [("main", "another"), ("public", "earlier")], ids=["main", "public"])


@requirement("rfc7636-4.6-verifier-verified")
@pytest.mark.parametrize("how", ["truncated", "extended", "letter-case", "space-behind"])
def test_a_verifier_that_is_almost_right_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = reply_without_verifier(given, send, how)

    expect(reply).is_refused()


@requirement("rfc7636-4.6-verifier-verified")
@WRONG
def test_another_verifier_is_refused(given: Given, send: Send, expect: Expect, name: str, how: str) -> None:
    reply = reply_without_verifier(given, send, how, name)

    expect(reply).is_refused()


@requirement("rfc7636-4.6-verifier-verified")
def test_another_verifier_is_refused_at_a_second_uri_of_a_second_client(
    given: Given, send: Send, expect: Expect
) -> None:
    code = code_at_second_uri(given, "other")

    reply = send.code_exchange(code, code_verifier=verifier_of(SHORTEST))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc7636-4.6-verifier-verified")
def test_another_verifier_is_refused_each_time(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_again(given, send, verifier_of(SHORTEST))

    expect(reply).is_refused()


@requirement("rfc7636-4.6-verifier-verified")
def test_no_verifier_is_refused_after_another_one(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_again(given, send, OMIT)

    expect(reply).is_refused()


@requirement("rfc7636-4.6-verifier-verified")
def test_a_challenge_in_the_token_request_counts_for_nothing(given: Given, send: Send, expect: Expect) -> None:
    code, other = code_with(given, pkce_client(given, "main"), s256_pair()), s256_pair()

    reply = send.code_exchange(
        code, code_verifier=other.verifier, code_challenge=other.challenge, code_challenge_method="S256"
    )

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc7636-4.6-verifier-verified")
def test_no_verifier_is_refused_after_a_wrong_password(given: Given, send: Send, expect: Expect) -> None:
    code = code_at_second_try(given, send)

    reply = send.code_exchange(code, code_verifier=OMIT)

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc7636-4.6-s256-compared")
def test_the_challenge_is_no_verifier(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "challenge-itself")

    expect(reply).is_refused()


@requirement("rfc7636-4.6-plain-compared")
@pytest.mark.parametrize("how", ["another", "truncated", "letter-case", "challenge-itself"])
def test_by_plain_nothing_but_the_challenge_is_served(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = reply_without_verifier(given, send, how, "main", plain_pair)

    expect(reply).is_refused()


@requirement("rfc7636-4.6-plain-compared")
def test_by_plain_the_whole_challenge_is_compared(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "last-character", "main", longest_plain)

    expect(reply).is_refused()


@requirement("rfc7636-4.6-right-verifier-goes-on")
@pytest.mark.parametrize(
    "make", [s256_pair, pytest.param(plain_pair, marks=needs("pkce_plain"))], ids=["s256", "plain"]
)
def test_the_right_verifier_is_served(given: Given, send: Send, expect: Expect, make: Callable[[], Pair]) -> None:
    expect_served(expect, flow(given, send, "public", make))


@requirement("rfc7636-4.6-right-verifier-goes-on")
def test_the_right_verifier_is_no_secret_of_the_client(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_with_secret("authorization_code")
    code = code_with(given, client, s256_pair())

    reply = send.code_exchange(code, with_wrong_secret(client, "longer"))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc7636-4.6-right-verifier-goes-on")
def test_the_right_verifier_excuses_no_other_redirect_uri(given: Given, send: Send, expect: Expect) -> None:
    code = code_with(given, pkce_client(given, "main"), s256_pair())

    reply = send.code_exchange(code, redirect_uri=other_redirect_uri(code.client))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc7636-4.6-wrong-verifier-invalid-grant")
@WRONG
def test_another_verifier_is_answered_with_invalid_grant(
    given: Given, send: Send, expect: Expect, name: str, how: str
) -> None:
    reply = reply_without_verifier(given, send, how, name)

    expect(reply).is_an_error("invalid_grant")


@requirement("rfc7636-B-example-served")
def test_the_pair_of_the_appendix_is_served(given: Given, send: Send, expect: Expect) -> None:
    code = code_with(given, pkce_client(given, "main"), appendix_b_pair())

    reply = send.code_exchange(code)

    expect(reply).issues_a_token()


@requirement("rfc7636-B-unequal-values-rejected")
def test_unequal_values_are_rejected_with_an_error(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "another")

    expect(reply).is_an_error()
