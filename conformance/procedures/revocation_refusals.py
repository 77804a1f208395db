"""Revocation requests that no server may grant (RFC 7009 sections 2.1 and 2.2.1), and how they are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.base.outcomes import Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import TokenKind
from conformance.procedures.client_authentication import undecodable_credentials
from conformance.procedures.revocation import (
    Appearing,
    Revocation,
    accepted_revocation,
    client_let_in,
    fresh_token,
    fresh_tokens,
    hint_that_works,
    of_invented_token,
    revoke,
    served_revocation,
    value_of,
)
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


def by_other(
    given: Given, send: Send, kind: TokenKind, of: str = "confidential", hint: TokenKind | None = None
) -> Revocation:
    """A request of `[clients.other]` for the revocation of a token of `[clients.confidential]`, unless told."""
    served_revocation(given, send, kind)

    def procedure() -> Revocation:
        other = client_let_in(given, send, given.other_client())
        token = fresh_token(given, kind, given.client(of))
        own: dict[str, Any] = {} if hint is None else {"token_type_hint": hint}
        reply = revoke(given, send, token, other, **own)
        # Asked at once: a server may end tokens when it issues others.
        return Revocation(token, reply, given.still_active(token, settled=False))

    return given.observed(f"revocation of an {kind} of {of} by another client, hint {hint}", procedure)


def wrong_secret(given: Given, client: Client) -> Client:
    """The client with a secret that nobody gave it."""
    return replace(client, client_secret=given.invented("client_secret"))


def unknown_client(given: Given, client: Client) -> Client:
    """A client that doesn't exist, with credentials like those of a client that does."""
    secret = None if client.client_secret is None else given.invented("client_secret")
    return replace(client, client_id=given.invented("client_id"), client_secret=secret)


def with_secret(given: Given, send: Send) -> Client:
    """The main client with a secret, seen to revoke a token of its own."""
    return client_let_in(given, send, given.client_with_secret())


def in_someone_elses_name(given: Given, send: Send, appearing: Appearing) -> Reply:
    """A request with bad credentials in the Authorization header, for the revocation of a real token.

    Vacuous where it was taken all the same, as for `refusal`.
    """
    client = with_secret(given, send)
    kind = accepted_revocation(given, send).token.kind
    token = value_of(fresh_tokens(given, kind, client), kind)
    bad, own = appearing(given, client), hint_that_works(given, send, kind)
    return _refused(send.revocation(token, bad, authentication="client_secret_basic", **own), "bad credentials")


def with_undecodable_credentials(given: Given, send: Send, how: str) -> Reply:
    """A request with credentials in the header in which no name can be found; Vacuous where it was taken."""
    return _refused(of_invented_token(given, send, **undecodable_credentials(how)), f"{how} in Basic")


def _missing_token(given: Given, send: Send) -> Reply:
    return of_invented_token(given, send, token=None)


def _wrong_secret(given: Given, send: Send) -> Reply:
    client = with_secret(given, send)
    kind = accepted_revocation(given, send).token.kind
    token = value_of(fresh_tokens(given, kind, client), kind)
    return send.revocation(token, wrong_secret(given, client), **hint_that_works(given, send, kind))


def _unknown_client(given: Given, send: Send) -> Reply:
    found = accepted_revocation(given, send)
    kind, client = found.token.kind, found.token.tokens.client
    token = value_of(fresh_tokens(given, kind, client), kind)
    return send.revocation(token, unknown_client(given, client), **hint_that_works(given, send, kind))


def _foreign_token(given: Given, send: Send) -> Reply:
    return by_other(given, send, accepted_revocation(given, send).token.kind).reply


FAULTS = {
    "missing token": _missing_token,
    "wrong secret": _wrong_secret,
    "unknown client": _unknown_client,
    "foreign token": _foreign_token,
}


def by_each_fault(*faults: str) -> pytest.MarkDecorator:
    """Run a test once for each kind of faulty request: all unless told."""
    needs = {"wrong secret": [pytest.mark.needs("client_password")]}
    return pytest.mark.parametrize(
        "fault",
        [pytest.param(each, marks=needs.get(each, []), id=each.replace(" ", "-")) for each in faults or FAULTS],
    )


def reply_to_fault(given: Given, send: Send, fault: str) -> Reply:
    """The answer to a request with one fault."""
    return given.observed(f"revocation with {fault}", lambda: FAULTS[fault](given, send))


def refusal(given: Given, send: Send, fault: str) -> Reply:
    """The error that answers a request with one fault; Vacuous where the request was taken all the same."""
    return _refused(reply_to_fault(given, send, fault), fault)


def _refused(reply: Reply, fault: str) -> Reply:
    if reply.is_served:
        raise Vacuous(f"a request with {fault} is not refused: there is no error to judge")
    return reply
