"""RFC 6749 section 10.10: credentials-guessing attacks."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.guessing import client_secret_guessed, password_guessed
from conformance.procedures.sampling import bits, described, pattern_in
from conformance.procedures.token_samples import access_tokens, codes, refresh_tokens


@requirement("rfc6749-10.10-access-tokens-unpredictable")
def test_no_access_token_foretells_the_next(given: Given, expect: Expect) -> None:
    pattern = pattern_in(access_tokens(given))

    given.note("no weakness seen")
    expect.that(pattern is None, "access tokens that foretell nothing", pattern, breach="act")


@requirement("rfc6749-10.10-codes-unpredictable")
def test_no_code_foretells_the_next(given: Given, expect: Expect) -> None:
    pattern = pattern_in(codes(given))

    given.note("no weakness seen")
    expect.that(pattern is None, "authorization codes that foretell nothing", pattern, breach="act")


@requirement("rfc6749-10.10-refresh-tokens-unpredictable")
def test_no_refresh_token_foretells_the_next(given: Given, expect: Expect) -> None:
    pattern = pattern_in(refresh_tokens(given))

    given.note("no weakness seen")
    expect.that(pattern is None, "refresh tokens that foretell nothing", pattern, breach="act")


@requirement("rfc6749-10.10-client-secret-guessing-stopped")
def test_wrong_secrets_of_a_client_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "token")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-10.10-password-guessing-stopped")
def test_wrong_passwords_in_the_password_grant_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "password")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-10.10-password-guessing-stopped")
def test_wrong_passwords_by_a_public_client_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "password_by_public")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-10.10-sign-in-guessing-stopped")
def test_wrong_passwords_at_sign_in_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "sign_in")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@requirement("rfc6749-10.10-access-token-128-bits")
def test_access_tokens_allow_for_128_bits(given: Given, expect: Expect) -> None:
    values = access_tokens(given)

    given.note(described(values))
    expect.that(bits(values) >= 128, "access tokens of 128 bits at least", described(values), breach="act")


@requirement("rfc6749-10.10-code-128-bits")
def test_codes_allow_for_128_bits(given: Given, expect: Expect) -> None:
    values = codes(given)

    given.note(described(values))
    expect.that(bits(values) >= 128, "authorization codes of 128 bits at least", described(values), breach="act")


@requirement("rfc6749-10.10-refresh-token-128-bits")
def test_refresh_tokens_allow_for_128_bits(given: Given, expect: Expect) -> None:
    values = refresh_tokens(given)

    given.note(described(values))
    expect.that(bits(values) >= 128, "refresh tokens of 128 bits at least", described(values), breach="act")


@requirement("rfc6749-10.10-access-token-160-bits")
def test_access_tokens_allow_for_160_bits(given: Given, expect: Expect) -> None:
    values = access_tokens(given)

    given.note(described(values))
    expect.that(bits(values) >= 160, "access tokens of 160 bits at least", described(values), breach="act")


@requirement("rfc6749-10.10-code-160-bits")
def test_codes_allow_for_160_bits(given: Given, expect: Expect) -> None:
    values = codes(given)

    given.note(described(values))
    expect.that(bits(values) >= 160, "authorization codes of 160 bits at least", described(values), breach="act")


@requirement("rfc6749-10.10-refresh-token-160-bits")
def test_refresh_tokens_allow_for_160_bits(given: Given, expect: Expect) -> None:
    values = refresh_tokens(given)

    given.note(described(values))
    expect.that(bits(values) >= 160, "refresh tokens of 160 bits at least", described(values), breach="act")
