"""RFC 7009 section 2: a revocation request over plain HTTP, for a token that was sent there by mistake."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.base.outcomes import Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.plain_http import InTheClear, revocation_request
from conformance.procedures.revocation import (
    Revocation,
    effective_revocation,
    fresh_token,
    hint_that_works,
    revocable_kind,
)
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


@dataclass(frozen=True, slots=True)
class SentInTheClear:
    """Whether revocation is offered over plain HTTP, and what showed it."""

    offered: bool
    seen: Revocation | InTheClear

    def __str__(self) -> str:
        return str(self.seen)


def sent_in_the_clear(given: Given, send: Send) -> SentInTheClear:
    """The request by which an ordinary token is revoked, over plain HTTP; Vacuous where nothing answers there.

    On loopback with a real token, which has to end. Anywhere else only invented credentials may travel in the clear:
    a server that judges them as it does over TLS offers the service.
    """
    client = effective_revocation(given, send).token.tokens.client
    return (
        _with_real_token(given, send) if given.plain_client(client) == client else _with_invented(given, send, client)
    )


def _with_real_token(given: Given, send: Send) -> SentInTheClear:
    token = fresh_token(given, revocable_kind(given, send))
    request = revocation_request(
        given, send, token.value, token.tokens.client, **hint_that_works(given, send, token.kind)
    )
    reply = _heard(send.plainly(request))
    found = Revocation(token, reply, given.still_active(token))
    return SentInTheClear(reply.is_served and found.ended, found)


def _with_invented(given: Given, send: Send, client: Client) -> SentInTheClear:
    request = revocation_request(
        given, send, given.invented("token"), client, **hint_that_works(given, send, revocable_kind(given, send))
    )
    with given.arranging():
        secure = send.raw(request.method, request.url, request.headers, request.body)
    found = InTheClear(_heard(send.plainly(request)), secure)
    return SentInTheClear(found.was_processed, found)


def _heard(reply: Reply | None) -> Reply:
    if reply is None:
        raise Vacuous("nothing answers over plain HTTP at the endpoint's host")
    return reply
