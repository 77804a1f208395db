"""A server on a raw socket that does whatever its script says: what no HTTP server would let a test send."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in: the request line, headers in order, the body, and how many reads it took."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reads: int

    @property
    def method(self) -> str:
        """The method."""
        return self.line.split(" ", 1)[0]

    @property
    def target(self) -> str:
        """The request target, verbatim."""
        return self.line.split(" ")[1]

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Peer:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self.stopped = stopped
        self._buffer = b""

    def receive(self) -> Received | None:
        """The next request; None when the client has gone."""
        reads = 0
        while b"\r\n\r\n" not in self._buffer:
            data = self.connection.recv(65536)
            reads += 1
            if not data:
                return None
            self._buffer += data
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = tuple((key, value.strip()) for key, _, value in (line.partition(":") for line in lines[1:]))
        length = next((int(value) for key, value in headers if key.lower() == "content-length"), 0)
        while len(rest) < length:
            rest += self.connection.recv(65536)
            reads += 1
        self._buffer = rest[length:]
        return Received(lines[0], headers, rest[:length], reads)

    def send(self, content: bytes) -> None:
        """Bytes, as they are."""
        self.connection.sendall(content)

    def trickle(self, content: bytes, pause: float = 0.05) -> None:
        """Bytes, one by one."""
        for at in range(len(content)):
            self.send(content[at : at + 1])
            if self.stopped.wait(pause):
                return

    def forever(self, content: bytes) -> None:
        """The same bytes until the client has gone."""
        while not self.stopped.is_set():
            self.send(content)

    def hang(self) -> None:
        """Nothing, until the server stops."""
        self.stopped.wait()

    def reset(self) -> None:
        """Cut the connection with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Script = Callable[[Peer, Received], None]


@dataclass
class RawServer:
    """Serves a script on a loopback address, a thread for each connection; `received` are the requests so far.

    The script is called for each request; the connection stays open between them unless the script closes it.
    """

    script: Script
    context: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.create_server((self.address, 0), family=family, backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Its base URL."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.context else 'http'}://{host}:{self.port}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening and cut what is open."""
        self._stopped.set()
        # A blocked accept() wakes by a shutdown, not by a close.
        for each in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            peer = Peer(connection, self._stopped)
            while (request := peer.receive()) is not None:
                self.received.append(request)
                self.script(peer, request)
        except (OSError, ValueError):
            # The client has gone, or the script has cut the connection: both are its right.
            pass
        finally:
            connection.close()


def answer(
    body: bytes | str = b"{}", status: str = "200 OK", headers: str = "Content-Type: application/json\r\n"
) -> bytes:
    """A well-formed response, for scripts to send or to spoil."""
    content = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(content)}\r\n\r\n".encode("latin-1") + content


def says(content: bytes) -> Script:
    """A script that answers each request with the same bytes."""
    return lambda peer, request: peer.send(content)


def later(seconds: float, content: bytes) -> Script:
    """A script that answers after a pause."""

    def script(peer: Peer, request: Received) -> None:
        time.sleep(seconds)
        peer.send(content)

    return script
