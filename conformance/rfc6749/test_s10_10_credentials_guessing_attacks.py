"""RFC 6749 section 10.10: credentials-guessing attacks."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.guessing import client_secret_guessed, guesses, password_guessed


@guesses
@requirement("rfc6749-10.10-client-secret-guessing-stopped")
def test_wrong_secrets_of_a_client_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = client_secret_guessed(given, send, "token")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@guesses
@requirement("rfc6749-10.10-password-guessing-stopped")
def test_wrong_passwords_in_the_password_grant_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "password")

    expect.that(guessing.held_off, guessing.wanted, guessing)


@guesses
@requirement("rfc6749-10.10-sign-in-guessing-stopped")
def test_wrong_passwords_at_sign_in_are_held_off(given: Given, send: Send, expect: Expect) -> None:
    guessing = password_guessed(given, send, "sign_in")

    expect.that(guessing.held_off, guessing.wanted, guessing)
