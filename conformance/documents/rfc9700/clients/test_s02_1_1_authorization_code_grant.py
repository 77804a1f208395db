"""RFC 9700 sections 2.1.1 and 2.1.2: how a client keeps other people's codes out, and which grants it uses."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import has, hides_verifier, is_code, names_no_token, not_in_uri, verifiers_of
from conformance.clients.serve import Serve

requirement, needs = pytest.mark.requirement, pytest.mark.needs


@requirement("rfc9700-2.1.1-client-prevents-code-injection")
def test_somebody_elses_code_brings_no_tokens(serve: Serve, expect: Expect) -> None:
    login = serve.login("code-of-another")

    expect(login).refuses("tokens")


@requirement("rfc9700-2.1.1-public-client-uses-pkce")
def test_a_public_client_sends_a_challenge(serve: Serve, expect: Expect) -> None:
    login = serve.public()

    expect(login).every("start", "a code_challenge", has("code_challenge"))


@requirement("rfc9700-2.1.1-public-client-uses-pkce")
def test_a_public_client_sends_a_challenge_at_every_login(serve: Serve, expect: Expect) -> None:
    login = serve.public("second_login")

    expect(login).every("start", "a code_challenge", has("code_challenge"))


@requirement("rfc9700-2.1.1-public-client-uses-pkce")
def test_a_public_client_sends_a_challenge_to_who_announces_nothing(serve: Serve, expect: Expect) -> None:
    login = serve.public(at="without-pkce")

    expect(login).every("start", "a code_challenge", has("code_challenge"))


@requirement("rfc9700-2.1.1-confidential-client-uses-pkce")
@needs("client_password")
def test_a_confidential_client_sends_a_challenge(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a code_challenge", has("code_challenge"))


@requirement("rfc9700-2.1.1-confidential-client-uses-nonce")
@needs("client_password")
def test_whether_a_nonce_is_used(serve: Serve) -> None:
    login = serve.honest(until="start")

    named = {sent.first("nonce") is not None for sent in login.all("start")}
    serve.note("it sends a nonce" if True in named else "it sends no nonce")


@requirement("rfc9700-2.1.1-client-value-for-each-transaction")
def test_each_login_has_a_challenge_of_its_own(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", times=2)

    expect(login).repeats_no("start", "code_challenge")


@requirement("rfc9700-2.1.1-client-hides-verifier")
def test_the_challenge_does_not_show_the_verifier(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "the method S256", hides_verifier)


@requirement("rfc9700-2.1.1-client-hides-verifier")
def test_the_request_does_not_hold_the_verifier(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).every("start", "no verifier in the request", not_in_uri(verifiers_of(login), "the verifier"))


@requirement("rfc9700-2.1.2-client-avoids-implicit")
def test_no_token_is_asked_of_the_authorization_endpoint(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a response type without token", names_no_token)


@requirement("rfc9700-2.1.2-client-avoids-implicit")
def test_no_token_is_asked_of_it_later(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", until="start", times=2)

    expect(login).every("start", "a response type without token", names_no_token)


@requirement("rfc9700-2.1.2-client-uses-code")
def test_a_code_is_asked_for(serve: Serve, expect: Expect) -> None:
    login = serve.honest(until="start")

    expect(login).every("start", "a response type with code", is_code)


@requirement("rfc9700-2.6-client-configured-by-metadata")
def test_metadata_are_asked_for(serve: Serve, expect: Expect) -> None:
    login = serve.honest()

    expect(login).asks("metadata", "metadata, which the server has")
