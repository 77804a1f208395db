"""What carries a request to the target: sockets, or an ASGI application in this process.

Neither keeps cookies, follows redirects or adds a header of its own; both return exactly what came back.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpcore

from conformance.harness.exchange import Reply, Request
from conformance.harness.wire import Backend, Deadline, Timeouts

# Longer bodies are cut: no endpoint of the protocol answers with as much.
LARGEST_BODY = 2 * 1024 * 1024
# Seconds that an idle connection is kept: less than servers commonly keep it, so that no request meets its end.
IDLE = 1.5
NO_ANSWER = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError)


class NoAnswer(Exception):
    """No reply came: the connection was refused, reset, timed out or spoke something else than HTTP."""


class Transport(Protocol):
    """Carries requests; raises NoAnswer when no reply comes."""

    has_sockets: bool

    def send(self, request: Request) -> Reply:
        """Send one request and read its reply."""

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send requests in the same instant: every connection stands, proven by `rehearsal`, before any is released."""

    def close(self) -> None:
        """Let go of connections."""


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A verifying client context; trusts `ca_file` alone when one is given."""
    return ssl.create_default_context(cafile=ca_file)


class SocketTransport:
    """Sockets through httpcore, the engine of httpx: one keep-alive pool, one TLS context."""

    has_sockets = True

    def __init__(self, context: ssl.SSLContext, timeouts: Timeouts) -> None:
        self._context = context
        self._timeouts = timeouts
        self._pool = self._new_pool()

    def _new_pool(self) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(self._context, keepalive_expiry=IDLE, network_backend=Backend())

    def send(self, request: Request) -> Reply:
        """Send one request on the shared pool."""
        return self._send_on(self._pool, request)

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send each request on a connection of its own, all released by one barrier."""
        barrier = threading.Barrier(len(requests))

        def one(request: Request) -> Reply:
            pool = self._new_pool()
            try:
                self._send_on(pool, rehearsal)
                barrier.wait(self._timeouts.total)
                return self._send_on(pool, request)
            except threading.BrokenBarrierError as error:
                raise NoAnswer("one of the parallel connections could not be opened") from error
            except NoAnswer:
                barrier.abort()
                raise
            finally:
                pool.close()

        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(one, requests))

    def _send_on(self, pool: httpcore.ConnectionPool, request: Request) -> Reply:
        started = time.perf_counter()
        try:
            response = pool.handle_request(_prepared(request, Deadline(self._timeouts)))
            try:
                body, truncated = _read(response)
            finally:
                response.close()
        except (*NO_ANSWER, ValueError) as error:
            raise NoAnswer(_in_words(error, self._timeouts)) from error
        headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers)
        return Reply(request, response.status, headers, body, time.perf_counter() - started, truncated)

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()


def _read(response: httpcore.Response) -> tuple[bytes, bool]:
    """The body as sent, bounded in size; whether it was cut."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_BODY:
            return b"".join(chunks)[:LARGEST_BODY], True
    return b"".join(chunks), False


def _prepared(request: Request, deadline: Deadline) -> httpcore.Request:
    """The request for httpcore, its target verbatim. Raises ValueError for a URL that can't be sent anywhere."""
    parts = urlsplit(request.url)
    target = parts.path or "/"
    if "?" in request.url:
        target += "?" + request.url.partition("?")[2].partition("#")[0]
    headers = [("Host", parts.netloc.rpartition("@")[2]), *request.headers]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(request.body))))
    url = httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target.encode("latin-1"))
    return httpcore.Request(
        request.method,
        url,
        headers=[(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers],
        content=request.body,
        extensions={"timeout": deadline.as_extension()},
    )


def _in_words(error: Exception, timeouts: Timeouts) -> str:
    match error:
        case httpcore.ConnectTimeout():
            return f"no connection within {timeouts.connect:g} s"
        case httpcore.TimeoutException():
            return f"no complete answer within {timeouts.total:g} s"
        case httpcore.ConnectError():
            return f"connection failed: {error}"
        case httpcore.RemoteProtocolError():
            return f"the answer is not valid HTTP, or broke off: {error}"
        case _:
            return f"{type(error).__name__}: {error}"


AsgiApp = Callable[[Any, Any, Any], Any]


class AsgiTransport:
    """Applications in this process, by origin (`https://host:port`): what the matrices use in place of sockets."""

    has_sockets = False

    def __init__(self, apps: Mapping[str, AsgiApp], timeout: float | None = None) -> None:
        """`timeout` in seconds is how long an application may wait for something; without one it may forever."""
        self._apps = dict(apps)
        self.timeout = timeout
        self._loop = asyncio.new_event_loop()

    def send(self, request: Request) -> Reply:
        """Call the application of the request's origin."""
        return self._loop.run_until_complete(self._call(request))

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Call the application concurrently: a request that awaits lets the others run."""

        async def together() -> list[Reply]:
            return list(await asyncio.gather(*(self._call(request) for request in requests)))

        return self._loop.run_until_complete(together())

    async def _call(self, request: Request) -> Reply:
        parts = urlsplit(request.url)
        app = self._apps.get(f"{parts.scheme}://{parts.netloc}")
        if app is None:
            raise NoAnswer(f"connection failed: nothing listens at {parts.scheme}://{parts.netloc}")
        query = request.url.partition("?")[2].partition("#")[0] if "?" in request.url else ""
        headers = [("host", parts.netloc), *request.headers]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers.append(("content-length", str(len(request.body))))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": parts.scheme,
            "path": unquote(parts.path) or "/",
            "raw_path": (parts.path or "/").encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in headers],
            "server": (parts.hostname, parts.port or 443),
            "client": ("127.0.0.1", 50000),
            "state": {},
        }
        events = [{"type": "http.request", "body": request.body, "more_body": False}]
        status, sent_headers, chunks = 0, [], []
        started = time.perf_counter()

        async def receive() -> dict[str, Any]:
            return events.pop() if events else {"type": "http.disconnect"}

        async def send(event: dict[str, Any]) -> None:
            nonlocal status, sent_headers
            if event["type"] == "http.response.start":
                status, sent_headers = event["status"], list(event.get("headers", []))
            elif event["type"] == "http.response.body":
                chunks.append(event.get("body", b""))

        try:
            await asyncio.wait_for(app(scope, receive, send), self.timeout)
        except TimeoutError as error:
            raise NoAnswer(f"no complete answer within {self.timeout:g} s") from error
        except Exception:
            # A server process would log this and answer 500, or cut an answer that it has begun.
            status, sent_headers, chunks = 500, [(b"content-type", b"text/plain")], [b"Internal Server Error"]
        raw = tuple((bytes(key).decode("latin-1"), bytes(value).decode("latin-1")) for key, value in sent_headers)
        return Reply(request, status, raw, b"".join(chunks), time.perf_counter() - started)

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()
