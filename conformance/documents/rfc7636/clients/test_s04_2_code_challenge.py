"""RFC 7636 section 4.2, and sections 5 and 7.2: the challenges that a client sends, and what tempts it to do less.

A client that has come here by TLS can compute SHA-256, so that plain is never all that it is capable of.
"""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.played import Played
from conformance.clients.serve import Serve
from conformance.documents.rfc7636.clients.challenges import (
    is_no_hash,
    is_plain,
    lacks_challenge,
    underived_verifier,
    with_challenge,
    with_hash,
)

requirement = pytest.mark.requirement
ANNOUNCEMENTS = ("", "without-pkce", "pkce-plain-announced-alone", "pkce-s256-announced-alone")


def login_after_announcement(serve: Serve, announcement: str) -> Played:
    """A login at a server that says this of PKCE."""
    return serve.login(announcement) if announcement else serve.honest()


@requirement("rfc7636-4.2-client-derives-challenge")
def test_the_challenge_is_made_from_the_verifier(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest())

    exchange = login.all("code exchange")
    expect.sample(exchange, "the verifier or its hash as the challenge", lambda _: underived_verifier(login))


@requirement("rfc7636-4.2-client-uses-s256")
@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_the_challenge_is_a_hash(serve: Serve, expect: Expect, announcement: str) -> None:
    login = with_challenge(login_after_announcement(serve, announcement))

    expect(login).every("start", "code_challenge_method=S256", is_no_hash)


@requirement("rfc7636-4.2-client-uses-s256")
def test_a_later_challenge_is_a_hash(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest("second_login", until="start", times=2))

    expect(login).every("start", "code_challenge_method=S256", is_no_hash)


@requirement("rfc7636-4.2-client-uses-s256")
def test_the_challenge_at_a_second_server_is_a_hash(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.at_two_servers().at_second)

    expect(login).every("start", "code_challenge_method=S256", is_no_hash)


@requirement("rfc7636-4.2-client-uses-s256")
def test_the_challenge_of_a_public_client_is_a_hash(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.public())

    expect(login).every("start", "code_challenge_method=S256", is_no_hash)


@requirement("rfc7636-4.2-client-plain-only-if-needed")
@pytest.mark.parametrize("announcement", ["without-pkce", "pkce-s256-announced-alone"])
def test_plain_is_not_used_where_nobody_said_it_is_known(serve: Serve, expect: Expect, announcement: str) -> None:
    login = with_challenge(login_after_announcement(serve, announcement))

    expect(login).every("start", "no challenge by plain", is_plain)


@requirement("rfc7636-7.2-client-avoids-plain")
@pytest.mark.parametrize("announcement", ["", "pkce-plain-announced-alone"])
def test_plain_is_not_used(serve: Serve, expect: Expect, announcement: str) -> None:
    login = with_challenge(login_after_announcement(serve, announcement))

    expect(login).every("start", "no challenge by plain", is_plain)


@requirement("rfc7636-7.2-client-secure-method")
def test_the_method_keeps_the_verifier_secret(serve: Serve, expect: Expect) -> None:
    login = with_challenge(serve.honest())

    expect(login).every("start", "a challenge that doesn't tell its verifier", is_plain)


@requirement("rfc7636-7.2-client-no-downgrade")
def test_a_refused_hash_is_not_followed_by_plain(serve: Serve, expect: Expect) -> None:
    login = with_hash(serve.login("s256-refused"))

    expect(login).avoids("no challenge by plain after S256 was refused", is_plain)


@requirement("rfc7636-5-client-sends-to-all")
@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_a_challenge_is_sent_to_every_server(serve: Serve, expect: Expect, announcement: str) -> None:
    login = login_after_announcement(serve, announcement)

    expect(login).every("start", "a code_challenge", lacks_challenge)


@requirement("rfc7636-5-client-sends-to-all")
def test_a_challenge_is_sent_to_a_second_server(serve: Serve, expect: Expect) -> None:
    login = serve.at_two_servers()

    expect(login.at_second).every("start", "a code_challenge", lacks_challenge)


@requirement("rfc7636-5-client-sends-to-all")
def test_a_challenge_is_sent_at_every_login(serve: Serve, expect: Expect) -> None:
    login = serve.honest("second_login", times=2)

    expect(login).every("start", "a code_challenge", lacks_challenge)
