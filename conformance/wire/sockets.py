"""The bytes below HTTP: connections with one deadline for a whole answer, and each request written at once."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from typing import Any

import httpcore

# What is written between two looks at the clock.
PORTION = 64 * 1024
CLOSED = "the server had closed the one that was kept"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that a connection may take to stand, that a peer may be silent, and that one answer may take in all."""

    connect: float
    read: float
    total: float


@dataclass(slots=True)
class Deadline:
    """How long the parts of one exchange may still take.

    httpcore hands what it gets as `timeout` down to the network unread: so this stands in its place, and no part of a
    trickled answer begins the time anew.
    """

    timeouts: Timeouts
    began: float = field(default_factory=time.monotonic)

    def left(self, part: float) -> float:
        """Seconds for the next step, at most `part`. Raises ReadTimeout when the total is used up."""
        rest = self.timeouts.total - (time.monotonic() - self.began)
        if rest <= 0:
            raise httpcore.ReadTimeout("the whole answer took too long")
        return min(part, rest)

    def as_extension(self) -> dict[str, Any]:
        """httpcore's extension `timeout`: waiting for a free connection is the one step that takes a plain number."""
        return {"connect": self, "read": self, "write": self, "pool": self.timeouts.total}


def _deadline_in(timeout: object) -> Deadline:
    """What httpcore handed down. Raises TypeError where it did something else with its timeouts."""
    if not isinstance(timeout, Deadline):
        raise TypeError(f"this version of httpcore doesn't hand timeouts down as they are: it gave {timeout!r}")
    return timeout


class Stale(httpcore.ReadError):
    """A connection that was kept from an exchange before can't be used for the next one: the text says why."""


class Backend(httpcore.SyncBackend):
    """Opens connections for httpcore; its timeouts are Deadlines."""

    def connect_tcp(self, host: str, port: int, timeout: Any = None, *rest: Any, **more: Any) -> httpcore.NetworkStream:
        """A TCP connection within the time for connecting."""
        deadline = _deadline_in(timeout)
        return Stream(super().connect_tcp(host, port, deadline.left(deadline.timeouts.connect), *rest, **more))


class Stream(httpcore.NetworkStream):
    """A connection that gathers what is written until the answer is read: one packet, one TLS record a request."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._unsent: list[bytes] = []
        self._requests = 0

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        """Send what was gathered; then what comes next, empty at the end."""
        deadline = _deadline_in(timeout)
        first = bool(self._unsent)
        if first:
            self._flush(deadline)
        try:
            data = self._inner.read(max_bytes, deadline.left(deadline.timeouts.read))
        except httpcore.ReadError as error:
            if first and self._requests > 1:
                raise Stale(CLOSED) from error
            raise
        if not data and first and self._requests > 1:
            raise Stale(CLOSED)
        return data

    @property
    def unsent(self) -> bool:
        """Whether a request still waits to be sent: an answer that is there already can't be its own."""
        return bool(self._unsent)

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        """Gather bytes to send."""
        self._unsent.append(buffer)

    def _flush(self, deadline: Deadline) -> None:
        content = b"".join(self._unsent)
        self._unsent.clear()
        self._requests += 1
        try:
            for start in range(0, len(content), PORTION):
                self._inner.write(content[start : start + PORTION], deadline.left(deadline.timeouts.read))
        except httpcore.WriteError:
            # A server may answer and close before it has read everything: the answer counts.
            return

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> httpcore.NetworkStream:
        """The connection secured, within the time for connecting."""
        deadline = _deadline_in(timeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, deadline.left(deadline.timeouts.connect)))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection."""
        return self._inner.get_extra_info(info)
