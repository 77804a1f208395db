"""RFC 7636 section 4.1, and section 7.1: the verifiers that a client makes."""

import pytest

from conformance.clients.derivable_values import worked_out
from conformance.clients.expect import Expect
from conformance.clients.serve import Serve
from conformance.documents.rfc7636.clients.challenges import (
    challenges_of,
    malformed_verifier,
    of_few_bits,
    of_other_octets,
    repeated_values,
    verifiers_of,
    weak_verifiers,
    with_challenge,
)
from conformance.harness.record import Recorded

requirement = pytest.mark.requirement
# What whoever sees an authorization request sees too.
SHOWN = frozenset({"state", "client_id", "redirect_uri", "scope", "nonce"})


@requirement("rfc7636-4.1-client-creates-verifier")
def test_every_authorization_request_has_a_verifier_of_its_own(
    serve: Serve, expect: Expect, recorded: Recorded
) -> None:
    starts = serve.starts(recorded)

    expect.sample(starts, "a challenge that was never sent before", lambda sent: repeated_values(challenges_of(sent)))


@requirement("rfc7636-4.1-client-creates-verifier")
def test_a_second_login_has_a_verifier_of_its_own(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest("second_login", times=2))

    expect(login).repeats_no("start", "code_challenge")


@requirement("rfc7636-4.1-client-creates-verifier")
def test_a_login_at_another_server_has_a_verifier_of_its_own(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.at_two_servers())

    starts = [*login.all("start"), *login.at_second.all("start")]
    expect.sample(starts, "a challenge for each server", lambda sent: repeated_values(challenges_of(sent)))


@requirement("rfc7636-4.1-client-creates-verifier")
def test_a_verifier_has_the_right_characters(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest())

    expect(login).every("code exchange", "43 to 128 unreserved characters", malformed_verifier)


@requirement("rfc7636-4.1-client-creates-verifier")
def test_a_later_verifier_has_the_right_characters(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest("second_login", times=2))

    expect(login).every("code exchange", "43 to 128 unreserved characters", malformed_verifier)


@requirement("rfc7636-4.1-client-verifier-entropy")
def test_verifiers_have_enough_entropy(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    exchanges = serve.exchanges(recorded)

    expect.sample(exchanges, "verifiers that nobody can guess", lambda sent: weak_verifiers(verifiers_of(sent)))


@requirement("rfc7636-4.1-client-32-octets")
def test_verifiers_are_32_octets_in_base64url(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    exchanges = serve.exchanges(recorded)

    expect.sample(exchanges, "43 characters of base64url", lambda sent: of_other_octets(verifiers_of(sent)))


@requirement("rfc7636-7.1-client-verifier-random")
def test_verifiers_look_random(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    exchanges = serve.exchanges(recorded)

    expect.sample(exchanges, "verifiers without a pattern", lambda sent: weak_verifiers(verifiers_of(sent)))


@requirement("rfc7636-7.1-client-verifier-random")
def test_no_verifier_follows_from_its_request(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest())

    starts, exchanges = login.all("start"), login.all("code exchange")
    expect.sample(exchanges, "no digest of known values", lambda sent: worked_out(verifiers_of(sent), starts, SHOWN))


@requirement("rfc7636-7.1-client-256-bits")
def test_verifiers_can_have_256_bits(serve: Serve, expect: Expect, recorded: Recorded) -> None:
    exchanges = serve.exchanges(recorded)

    expect.sample(exchanges, "verifiers good for 256 bits", lambda sent: of_few_bits(verifiers_of(sent)))
