"""RFC 8252 section 7.3: a redirection endpoint on the loopback interface, for as long as a login takes."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from .context import Registration
from .pipeline import Client, Refused
from .settings import Settings

DONE = "/done"
LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(slots=True)
class Loopback:
    """One listener. The user agent's request is answered when the login that it belongs to has ended."""

    settings: Settings
    redirect_uri: str
    open_browser: Callable[[str], str]
    answers: queue.Queue[str] = field(default_factory=lambda: queue.Queue(maxsize=1))
    waiting: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    fetched: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    page: str = ""

    def visit(self, url: str) -> str:
        """Opens the browser and waits for it to come back; raises Refused where it doesn't."""
        self.taken.clear()
        self.ended.clear()
        self.fetched.clear()
        self.waiting.set()
        self.open_browser(url)
        try:
            return self.answers.get(timeout=self.settings.browser_seconds)
        except queue.Empty:
            raise Refused("nobody came back from the browser") from None

    def show(self, page: str) -> None:
        """Answers the user agent that brought the answer, if one did."""
        brought = self.taken.is_set() and not self.ended.is_set()
        self.page = page
        self.waiting.clear()
        self.ended.set()
        if brought:
            self.fetched.wait(self.settings.page_seconds)

    def take(self, target: str) -> bool:
        """One answer for each authorization request; whatever comes besides is nobody's."""
        with self.lock:
            if not self.waiting.is_set():
                return False
            self.waiting.clear()
            self.taken.set()
        self.answers.put(urlunsplit((*urlsplit(self.redirect_uri)[:2], *urlsplit(target)[2:4], "")))
        return True


class Listener(ThreadingTCPServer):
    """A server that doesn't look its own name up first, as HTTPServer does: that takes its time on some machines."""

    allow_reuse_address = True
    daemon_threads = True
    is_over = False

    def serve(self) -> None:
        """Answers one connection after another, and looks at nothing in between."""
        while not self.is_over:
            self.handle_request()

    def verify_request(self, request: object, client_address: object) -> bool:
        """The last connection is our own, and asks nothing."""
        return not self.is_over

    def end(self) -> None:
        """Ends `serve` by a connection, which wakes it at once."""
        self.is_over = True
        with suppress(OSError), socket.create_connection(self.socket.getsockname()[:2], timeout=1):
            pass


@contextmanager
def listen(client: Client, registration: Registration) -> Iterator[Loopback]:
    """Listens at the redirection URI, at a free port where it names none."""
    uri = urlsplit(client.settings.redirect_uri or registration.redirect_uri)
    host = LOOPBACK.get(uri.hostname or "")
    if uri.scheme != "http" or host is None:
        raise ValueError(f"{urlunsplit(uri)} is no redirection URI on the loopback interface")
    server = Listener((host, uri.port or 0), BaseHTTPRequestHandler, bind_and_activate=True)
    name = f"[{uri.hostname}]" if ":" in (uri.hostname or "") else uri.hostname
    netloc = f"{name}:{server.server_address[1]}"
    loopback = Loopback(client.settings, urlunsplit((uri.scheme, netloc, uri.path, uri.query, "")), registration.visit)
    server.RequestHandlerClass = handler(loopback)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.end()
        thread.join(1)
        server.server_close()


def handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    """What answers one connection."""
    path = urlsplit(loopback.redirect_uri).path or "/"

    class Handler(BaseHTTPRequestHandler):
        """RFC 6749 section 3.1.2.5: what comes with credentials is sent on to a page without them."""

        timeout = 5

        def do_GET(self) -> None:
            """The redirection endpoint, and the page behind it."""
            target = urlsplit(self.path)
            if target.path == path and loopback.take(self.path):
                loopback.ended.wait(loopback.settings.browser_seconds)
                self.send_on(dict(parse_qsl(target.query)))
            elif target.path == DONE and not target.query and loopback.ended.is_set():
                self.answer(200, loopback.page)
                loopback.fetched.set()
            else:
                self.answer(404, "")

        def send_on(self, parameters: dict[str, str]) -> None:
            """The answer to the request that brought the credentials."""
            if loopback.settings.page_at_once:
                self.answer(200, loopback.page)
                loopback.fetched.set()
            else:
                self.answer(303, "", parameters.get(loopback.settings.forwards_by, DONE))

        def answer(self, status: int, page: str, location: str | None = None) -> None:
            """One page, which nothing keeps and nothing frames."""
            body = page.encode("utf-8", "replace")
            self.send_response(status)
            for name, value in HEADERS:
                self.send_header(name, value)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing: request lines hold codes."""

    return Handler
