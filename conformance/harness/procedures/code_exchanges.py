"""Codes in other hands, at other times and several times at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.harness.exchange import Reply
from conformance.harness.given import Given
from conformance.harness.procedures.authorization_answers import code_client
from conformance.harness.procedures.token_requests import code_exchange_seen
from conformance.harness.send import Send
from conformance.harness.target import Client, Target
from conformance.harness.tokens import Code, Tokens

# So many at once, so many times: the moment between looking at a code and marking it as used is short.
AT_ONCE = 5
TRIES = 3
LONG_AFTER = 24 * 3600


@dataclass(frozen=True, slots=True)
class Race:
    """What simultaneous exchanges of one code came to."""

    replies: tuple[Reply, ...]

    @property
    def issued(self) -> int:
        """How many of them obtained an access token."""
        return sum(reply.is_success and bool(reply.members.get("access_token")) for reply in self.replies)


def races(given: Given, send: Send) -> tuple[Race, ...]:
    """Several tries of exchanging a fresh code several times in the same instant."""
    code_exchange_seen(given)
    codes = [given.authorization_code() for _ in range(TRIES)]
    return tuple(Race(tuple(send.together([send.code_exchange_request(code)] * AT_ONCE))) for code in codes)


def long_expired_code(given: Given, target: Target) -> Code:
    """A code of yesterday; where none can be made older, one that has outlived its declared lifetime."""
    return expired_code(given, LONG_AFTER if target.control_url else given.limit("code_lifetime"))


def expired_code(given: Given, seconds: float) -> Code:
    """A code that was issued so many seconds ago; the control is a fresh one that can be exchanged."""
    code_exchange_seen(given)
    code = given.authorization_code()
    given.outlived(code.value, seconds)
    return code


def presented_by_another(given: Given, send: Send, issued_to: str, presented_by: str) -> Reply:
    """A code of one client (names of the profile) presented by another one; both can exchange codes of their own."""
    owner, other = code_client(given, issued_to), code_client(given, presented_by)
    seen_exchanged(given, owner)
    seen_exchanged(given, other)
    return send.code_exchange(given.authorization_code(owner), client=other)


def seen_exchanged(given: Given, client: Client) -> Tokens:
    """The positive control: a client can exchange a code of its own; seen once."""
    return given.observed(
        f"a code exchange by {client.name}", lambda: given.tokens_for(given.authorization_code(client))
    )


def exchanging_client(given: Given) -> Client:
    """The main client with a secret, seen to exchange a code of its own."""
    client = given.client_with_secret("authorization_code")
    given.observed(f"a code exchange by {client.name}", lambda: given.tokens_for(given.authorization_code(client)))
    return client


def altered(code: Code) -> Code:
    """The code with one character in its middle replaced by another of its kind."""
    at = len(code.value) // 2
    old = code.value[at]
    new = "0" if old.isdigit() and old != "0" else "1" if old.isdigit() else "b" if old == "a" else "a"
    return replace(code, value=code.value[:at] + new + code.value[at + 1 :])
