"""Applications in this process in place of sockets: what the matrices and units send to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.wire.exchange import Reply, Request
from conformance.wire.network import Reach
from conformance.wire.tls import Handshake
from conformance.wire.transport import NoAnswer, header_bytes

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
            "headers": [(key.lower().encode("latin-1"), header_bytes(value)) for key, value in headers],
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
            raise NoAnswer(f"no complete answer within {self.timeout:g} s", "late") from error
        except Exception:
            # A server process would log this and answer 500, or cut an answer that it has begun.
            status, sent_headers, chunks = 500, [(b"content-type", b"text/plain")], [b"Internal Server Error"]
        raw = tuple((bytes(key).decode("latin-1"), bytes(value).decode("latin-1")) for key, value in sent_headers)
        return Reply(request, status, raw, b"".join(chunks), time.perf_counter() - started)

    def handshake(self, url: str, reach: Reach, *, only: str | None, verify: bool) -> Handshake:
        """There is no socket to secure."""
        return Handshake(None, "this transport has no sockets", "connection")

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()
