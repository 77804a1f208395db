"""Waits for a target that says "too many requests", within bounds (RFC 6585 section 4, RFC 9110 section 10.2.3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.base.outcomes import Inconclusive
from conformance.wire.exchange import Reply

# Seconds: the longest single wait, as long as the windows that servers count in, and all waits for one request.
LONGEST_WAIT = 60.0
LONGEST_IN_ALL = 120.0
MOST_WAITS = 5
# After so many requests in a row that no wait helped, none is waited for until one gets through.
MOST_IN_VAIN = 3


def is_throttled(reply: Reply) -> bool:
    """Whether the server holds the client off for a while, and says so: a countermeasure, not a breakdown."""
    return reply.status == 429 or (reply.status == 503 and reply.header("Retry-After") is not None)


def asked_wait(reply: Reply) -> float | None:
    """The seconds that Retry-After asks for, as a number or a date; None where it tells nothing."""
    value = (reply.header("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def wait_silently(_what: str, seconds: float) -> None:
    """Wait, and tell nobody."""
    time.sleep(seconds)


@dataclass
class Backoff:
    """How a session bears being throttled: `in_vain` counts the requests in a row that waiting did not help."""

    in_vain: int = 0

    def outwaited(
        self, reply: Reply, again: Callable[[], Reply], wait_for: Callable[[str, float], None] = wait_silently
    ) -> Reply:
        """The first answer that isn't throttled, asked for again after each wait, of which `wait_for` is told what for.

        Inconclusive when the target throttles on: being held off decides nothing.
        """
        waited = 0.0
        for attempt in range(MOST_WAITS + 1):
            if not is_throttled(reply):
                self.in_vain = 0
                return reply
            asked = asked_wait(reply)
            wait = 2.0**attempt if asked is None else asked
            hopeless = self.in_vain >= MOST_IN_VAIN or attempt == MOST_WAITS
            if hopeless or wait > LONGEST_WAIT or waited + wait > LONGEST_IN_ALL:
                break
            wait_for(f"the target, which throttles (status {reply.status})", wait)
            waited += wait
            reply = again()
        self.in_vain += 1
        raise Inconclusive(_in_words(reply, waited, asked))


def _in_words(reply: Reply, waited: float, asked: float | None) -> str:
    request = reply.request
    after = f" after waiting {waited:.0f} s" if waited else ""
    wish = "" if asked is None else f", and asks to wait {asked:.0f} s"
    return (
        f"the target throttles the suite: status {reply.status} to {request.method} {request.url.partition('?')[0]}"
        f"{after}{wish}; set `requests_per_second` under [limits], or raise the target's own limit"
    )
