"""RFC 9700 section 4.5: authorization code injection."""

from __future__ import annotations

from conformance.documents.rfc9700.injection import injection_reply
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.code_exchanges import exchanging_client
from conformance.procedures.pkce import reply_without_verifier, with_verifier_of_parallel_flow
from conformance.procedures.token_refusals import other_redirect_uri


@requirement("rfc9700-4.5.2-redirect-uri-compared-at-exchange")
def test_another_redirect_uri_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(exchanging_client(given))

    reply = send.code_exchange(code, redirect_uri=other_redirect_uri(code))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc9700-4.5.2-redirect-uri-compared-at-exchange")
def test_a_missing_redirect_uri_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(exchanging_client(given))

    reply = send.code_exchange(code, redirect_uri=OMIT)

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc9700-4.5.2-code-bound-to-transaction")
def test_the_verifier_of_another_transaction_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = with_verifier_of_parallel_flow(given, send)

    expect(reply).is_refused()


@requirement("rfc9700-4.5.2-code-bound-to-transaction")
def test_a_code_of_another_browser_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = injection_reply(given, send)

    expect(reply).is_refused()


@requirement("rfc9700-4.5.3.1-stolen-code-of-public-client-refused")
def test_a_stolen_code_without_verifier_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "missing", "public")

    expect(reply).is_refused()


@requirement("rfc9700-4.5.3.1-stolen-code-of-public-client-refused")
def test_a_stolen_code_with_a_guess_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "another", "public")

    expect(reply).is_refused()
