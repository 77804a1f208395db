"""RFC 9207 section 2.4, and section 4: whose answers a client takes for answers to its own requests."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve

requirement = pytest.mark.requirement
OTHERS = ("iss-of-another", "iss-of-neighbor", "iss-empty", "iss-of-another-unannounced")
NEARLY = ("iss-with-slash", "iss-in-capitals", "iss-shorter", "iss-escaped-twice")
SEVERAL = ("iss-right-then-other", "iss-other-then-right")


@requirement("rfc9207-2.4-client-extracts-iss")
def test_the_issuer_is_read(serve: Serve, expect: Expect) -> None:
    login = serve.login("iss-of-another")

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-decodes-and-compares")
@pytest.mark.parametrize("misbehavior", NEARLY)
def test_issuers_are_compared_as_plain_strings(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-decodes-and-compares")
def test_the_issuer_is_decoded(serve: Serve, expect: Expect) -> None:
    login = serve.login("iss-escaped-throughout")

    expect(login).bears_it()


@requirement("rfc9207-2.4-client-rejects-other-issuer")
@pytest.mark.parametrize("misbehavior", OTHERS)
def test_an_answer_of_another_issuer_is_rejected(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-rejects-other-issuer")
def test_an_answer_of_another_issuer_is_rejected_at_every_login(serve: Serve, expect: Expect) -> None:
    login = serve.login("iss-of-another-from-the-second-on", "second_login", times=2)

    expect(login).sends("code exchange", at_most=1)


@requirement("rfc9207-2.4-client-rejects-other-issuer")
def test_an_answer_of_another_server_that_is_known_is_rejected(serve: Serve, expect: Expect) -> None:
    login = serve.login_at_second("iss-of-other-server")

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-compares-with-expected")
def test_the_expected_issuer_is_the_one_that_was_asked(serve: Serve, expect: Expect) -> None:
    login = serve.login("iss-of-neighbor")

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-knows-who-sends-iss")
def test_an_answer_that_lacks_the_announced_issuer_is_rejected(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("iss-missing")

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-discards-unannounced")
def test_an_issuer_that_was_not_announced_is_discarded(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("iss-unannounced")

    expect(login).refuses("code exchange")


@requirement("rfc9207-2.4-client-without-iss")
def test_what_becomes_of_answers_without_issuer(serve: Serve) -> None:
    login = serve.login("iss-unknown")

    serve.note("it accepts them" if login.has("code exchange") else "it rejects them all")


@requirement("rfc9207-2.4-client-ignores-unknown-iss")
def test_a_right_issuer_does_no_harm(serve: Serve, expect: Expect) -> None:
    login = serve.beside("iss-unknown")

    expect(login).bears_it()


@requirement("rfc9207-4-client-validates")
@pytest.mark.parametrize("misbehavior", ["iss-of-another", "iss-in-capitals"])
def test_the_issuer_is_validated(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")


@requirement("rfc9207-4-client-rejects-several-issuers")
@pytest.mark.parametrize("misbehavior", SEVERAL)
def test_an_answer_with_several_issuers_is_rejected(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior)

    expect(login).refuses("code exchange")
