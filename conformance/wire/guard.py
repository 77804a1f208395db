"""Keeps a run bounded and polite: a pace for requests, and an end to asking what no longer answers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.base.uris import urlsplit
from conformance.wire.exchange import Reply, Request
from conformance.wire.network import Reach
from conformance.wire.tls import Handshake
from conformance.wire.transport import NoAnswer, Transport

# So many unanswered requests in a row make the suite ask whether anything answers at all.
MOST_IN_A_ROW = 5
# A target that uses up the time limit so many times in all is given up, even if it answers in between.
MOST_TIME_LIMITS = 30
# Seconds between two attempts to find a target that may be restarting.
PAUSE = 1.0


@dataclass
class Pace:
    """At most so many requests a second, evenly spaced; no limit at 0."""

    per_second: float = 0.0
    _next: float = field(default=0.0, init=False)

    def wait(self, requests: int = 1) -> None:
        """Wait until so many requests may go out together."""
        if not self.per_second:
            return
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + requests / self.per_second


class Guard:
    """A transport that keeps its pace and stops asking a target, or one place of it, that is gone.

    After five unanswered requests in a row a plain request decides, with the patience of one time limit. What is gone
    stays gone: the rest of the run is told so at once.
    """

    def __init__(
        self, inner: Transport, time_limit: float, pace: Pace, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """`time_limit` is the seconds that one answer may take; `headers` go with the deciding requests."""
        self._inner = inner
        self._time_limit = time_limit
        self._pace = pace
        self._headers = tuple(headers)
        self._missed: Counter[str] = Counter()
        self._gone: dict[str, str] = {}
        self._lost = 0.0

    @property
    def has_sockets(self) -> bool:
        """Whether requests leave this process."""
        return self._inner.has_sockets

    def send(self, request: Request) -> Reply:
        """Send one request. Raises NoAnswer, at once where the target is known to be gone."""
        self._refuse_what_is_gone(request)
        self._pace.wait()
        started = time.monotonic()
        try:
            reply = self._inner.send(request)
        except NoAnswer as error:
            self._lost += time.monotonic() - started
            self._miss(request, str(error))
            raise
        self._hit(request)
        return reply

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send requests in the same instant. Raises NoAnswer."""
        self._refuse_what_is_gone(rehearsal)
        self._pace.wait(2 * len(requests))
        try:
            replies = self._inner.send_together(requests, rehearsal)
        except NoAnswer as error:
            self._miss(rehearsal, str(error))
            raise
        self._hit(rehearsal)
        return replies

    def handshake(self, url: str, reach: Reach, *, only: str | None, verify: bool) -> Handshake:
        """A TLS handshake; it fails at once where the target is known to be gone. Raises LocallyUnavailable."""
        if _origin(url) in self._gone:
            return Handshake(None, f"the connection failed: {self._gone[_origin(url)]}", "connection")
        self._pace.wait()
        return self._inner.handshake(url, reach, only=only, verify=verify)

    def close(self) -> None:
        """Let go of connections."""
        self._inner.close()

    def _refuse_what_is_gone(self, request: Request) -> None:
        for key in self._keys_of(request, self._gone):
            if key in self._gone:
                raise NoAnswer(self._gone[key])

    def _hit(self, request: Request) -> None:
        for key in self._keys_of(request, self._missed):
            self._missed.pop(key, None)

    def _keys_of(self, request: Request, known: Mapping[str, object]) -> tuple[str, ...]:
        """What is known of a request's origin and place stands under these; of most targets nothing ever is."""
        return (_origin(request.url), _place(request)) if known else ()

    def _miss(self, request: Request, why: str) -> None:
        origin, place = _origin(request.url), _place(request)
        self._missed.update((origin, place))
        if self._lost > MOST_TIME_LIMITS * self._time_limit:
            self._gone[origin] = f"given up after {self._lost:.0f} s of waiting for answers that never came"
        elif max(self._missed[origin], self._missed[place]) >= MOST_IN_A_ROW:
            self._decide(request, origin, place, why)
            self._hit(request)

    def _decide(self, request: Request, origin: str, place: str, why: str) -> None:
        in_a_row = f"{MOST_IN_A_ROW} requests in a row were not answered ({why})"
        if not self._answers(Request("GET", f"{origin}/", self._headers)):
            self._gone[origin] = f"{origin} no longer answers: {in_a_row}, and a plain one neither"
        elif not self._answers(Request(request.method, request.url.partition("?")[0], self._headers)):
            self._gone[place] = f"{place} no longer answers: {in_a_row}, and an empty one neither"

    def _answers(self, request: Request) -> bool:
        """Whether anything comes back within one time limit; a refused connection is tried again until then."""
        ends = time.monotonic() + self._time_limit
        while True:
            try:
                self._inner.send(request)
            except NoAnswer:
                if time.monotonic() + PAUSE > ends:
                    return False
                time.sleep(PAUSE)
            else:
                return True


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _place(request: Request) -> str:
    return f"{request.method} {request.url.partition('?')[0]}"
