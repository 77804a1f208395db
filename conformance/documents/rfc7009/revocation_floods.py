"""RFC 7009 section 5: requests that are meant to wear the revocation endpoint out."""

from __future__ import annotations

from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.revocation import of_invented_token
from conformance.wire.exchange import Reply
from conformance.wire.throttling import is_throttled

BURST = 9
# No genuine token or hint comes near.
LONG, VERY_LONG = 16 * 1024, 256 * 1024


def hint_flood(given: Given, send: Send) -> list[Reply]:
    """The answers to a burst of requests with hints that nobody defined, short ones and a long one."""
    given.intrusive()

    def procedure() -> list[Reply]:
        hints = [given.invented("token_type_hint") for _ in range(BURST)] + ["h" * LONG]
        with given.throttled_answers():
            return [of_invented_token(given, send, token_type_hint=hint) for hint in hints]

    return given.observed("a burst of invented hints", procedure)


def oversized_token(given: Given, send: Send) -> Reply:
    """The answer to a request with a token far longer than any genuine one."""
    with given.throttled_answers():
        return of_invented_token(given, send, token="t" * VERY_LONG)


def is_decided(reply: Reply) -> bool:
    """Whether the server knew what it did."""
    return not reply.is_breakdown or is_throttled(reply)
