"""How a person is told what to open, and tells where that ended: at a terminal, or by a redirect to this machine."""

from __future__ import annotations

import os
import queue
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol, TextIO

from conformance.base.uris import is_loopback, port_of, urlsplit

# What the browser shows once it is back. A fragment stays in the browser, so a script has to tell it.
DONE = b"""<!DOCTYPE html><meta charset="utf-8"><title>Done</title><p>Done. You can close this page.</p>
<script>if (location.hash) fetch(location.pathname + location.search, {method: "POST", body: location.hash})</script>"""

TERMINAL_IN, TERMINAL_OUT = ("CONIN$", "CONOUT$") if os.name == "nt" else ("/dev/tty", "/dev/tty")
LONGEST_FRAGMENT = 65536


class Person(Protocol):
    """Somebody with a browser."""

    def tell(self, text: str) -> None:
        """Show a text."""

    def answer(self, seconds: float) -> str | None:
        """The next thing that came: a line that was typed, or a URL that was caught; None when time is over."""

    def listen(self, redirect_uri: str) -> bool:
        """Catch what comes to a redirection URI on this machine; whether that is possible."""

    def close(self) -> None:
        """Let go of terminal and ports."""


def open_terminal() -> TextIO | None:
    """The terminal to read from, whatever standard input is; None where there is none."""
    if sys.__stdin__ is not None and not sys.__stdin__.closed and sys.__stdin__.isatty():
        return sys.__stdin__
    try:
        return open(TERMINAL_IN, encoding="utf-8")
    except OSError:
        return None


def can_be_caught(redirect_uri: str) -> bool:
    """Whether a redirection URI leads to plain HTTP on a port of this machine."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and is_loopback(redirect_uri) and bool(port_of(parts))


@dataclass
class PersonAtBrowser:
    """The person who started the run."""

    _arrived: queue.Queue[str] = field(default_factory=queue.Queue)
    _terminal: TextIO | None = None
    _listeners: dict[int, ThreadingHTTPServer] = field(default_factory=dict)
    _reads: bool = False

    def tell(self, text: str) -> None:
        """On the terminal, whatever pytest does with standard error; there, where there is no terminal."""
        try:
            with open(TERMINAL_OUT, "w", encoding="utf-8") as terminal:
                print(text, file=terminal)
        except OSError:
            print(text, file=sys.__stderr__, flush=True)

    def answer(self, seconds: float) -> str | None:
        """The next line or URL."""
        self._read_on()
        try:
            return self._arrived.get(timeout=seconds)
        except queue.Empty:
            return None

    def listen(self, redirect_uri: str) -> bool:
        """Listen on the redirection URI's port, unless somebody else does."""
        if not can_be_caught(redirect_uri):
            return False
        parts = urlsplit(redirect_uri)
        port = port_of(parts) or 0
        if port not in self._listeners:
            try:
                server = ThreadingHTTPServer((parts.hostname or "127.0.0.1", port), _catcher(self._arrived))
            except OSError:
                return False
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self._listeners[port] = server
        return True

    def close(self) -> None:
        """Stop listening. The thread that reads the terminal ends with the process."""
        for server in self._listeners.values():
            server.shutdown()
            server.server_close()
        self._listeners.clear()

    def _read_on(self) -> None:
        """Read lines in a thread: a read from a terminal can't be given up."""
        if self._reads:
            return
        self._reads = True
        self._terminal = open_terminal()
        if self._terminal is not None:
            threading.Thread(target=self._read, args=(self._terminal,), daemon=True).start()

    def _read(self, terminal: TextIO) -> None:
        for line in terminal:
            if line.strip():
                self._arrived.put(line.strip())


def _catcher(arrived: queue.Queue[str]) -> type[BaseHTTPRequestHandler]:
    """A handler that hands on the URLs that it is asked for."""

    class Catcher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # Without a query the answer is in the fragment, if there is one.
            if urlsplit(self.path).query:
                arrived.put(self._url())
            self._done()

        def do_POST(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), LONGEST_FRAGMENT)
            fragment = self.rfile.read(size).decode("utf-8", "replace")
            if fragment.startswith("#"):
                arrived.put(self._url() + fragment)
            self._done()

        def _url(self) -> str:
            return f"http://{self.headers.get('Host', '')}{self.path}"

        def _done(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(DONE)))
            self.end_headers()
            self.wfile.write(DONE)

        def log_message(self, format: str, *arguments: object) -> None:
            """The terminal is for the person."""

    return Catcher
