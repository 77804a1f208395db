"""Runs of delimiters in a value, and the time that an answer takes for three lengths of them.

Times are compared with each other alone: however slow the way to the target is, it is as slow for all three lengths.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive, Unanswered
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import GRANT_OF, any_response_type
from conformance.wire.exchange import Request

DELIMITERS = ":/?&=%.,;@[-_ "
LENGTHS = (16, 20, 24)
# Of the same request the quickest answer counts: what only the network added is in the others.
TRIES = 3
# Seconds by which an answer is late enough to look closer, and by which it has to outgrow the one before.
LATE = 0.25
# Twice for each character more would be sixteen times for four; what grows with the square is less than twice.
STEEP = 4.0


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds that the answers took, by the length of the run."""

    seconds: Mapping[int, float]

    @property
    def is_explosive(self) -> bool:
        """Whether the last characters cost so much more than those before that no honest work explains it."""
        short, middle, long = (self.seconds[length] for length in LENGTHS)
        return long - middle > max(LATE, STEEP * (middle - short))

    def __str__(self) -> str:
        return ", ".join(f"{spent:.2f} s for {length} of them" for length, spent in self.seconds.items())


def _at_authorization(given: Given, send: Send, name: str, value: str) -> Request:
    given.feature("authorization_endpoint")
    response_type = any_response_type(given)
    request = send.authorization_request(given.client_for(GRANT_OF[response_type]), response_type)
    others = [pair for pair in request.pairs if pair[0] != name]
    return send.form_request("authorization", [*others, (name, value)], method="GET")


def _in_redirect_uri(given: Given, send: Send, run: str) -> Request:
    return _at_authorization(given, send, "redirect_uri", f"https://{run}")


def _in_scope(given: Given, send: Send, run: str) -> Request:
    return _at_authorization(given, send, "scope", f"a{run}")


def _in_grant_type(given: Given, send: Send, run: str) -> Request:
    given.feature("token_endpoint")
    return send.form_request("token", [("grant_type", f"a{run}")])


PLACES: Mapping[str, Callable[[Given, Send, str], Request]] = {
    "redirect_uri": _in_redirect_uri,
    "scope": _in_scope,
    "grant_type": _in_grant_type,
}


def growth_of(given: Given, send: Send, place: str, delimiter: str) -> Growth:
    """How the time grows; where the longest run is answered at once, it is all that is sent."""
    longest = _seconds(given, send, place, delimiter * LENGTHS[-1])
    if longest < LATE:
        return Growth(dict.fromkeys(LENGTHS, longest))
    return Growth({length: _quickest(given, send, place, delimiter * length) for length in LENGTHS})


def _quickest(given: Given, send: Send, place: str, run: str) -> float:
    return min(_seconds(given, send, place, run) for _ in range(TRIES))


def _seconds(given: Given, send: Send, place: str, run: str) -> float:
    """How long an answer took. Where none came in time, that is how long there was to wait for it."""
    request = PLACES[place](given, send, run)
    started = time.perf_counter()
    with suppress(Inconclusive, Unanswered), given.throttled_answers():
        send.raw(request.method, request.url, request.headers, request.body)
    return time.perf_counter() - started
