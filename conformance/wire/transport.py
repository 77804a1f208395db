"""What carries a request to the target over sockets.

It keeps no cookies, follows no redirects and adds no header of its own but Host and Content-Length; it returns what
came back, bounded in size and time, and says what it had to do to it.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Literal, Protocol
from urllib.parse import urlsplit

import httpcore

from conformance.base.uris import percent_encoded
from conformance.wire.content import Undecodable, decoded
from conformance.wire.exchange import Reply, Request
from conformance.wire.network import Network, Proxy, Reach
from conformance.wire.sockets import Backend, Deadline, Stale, Stream, Timeouts
from conformance.wire.tls import Handshake, shake_hands

# What it logs are headers as they came, with tokens and cookies in them, for whoever turns logging up.
logging.getLogger("httpcore").setLevel(logging.WARNING)

# Longer bodies are cut: no endpoint of the protocol answers with as much. Of one that was cut less is kept.
LARGEST_BODY = 1024 * 1024
KEPT_OF_A_CUT_BODY = 64 * 1024
# Of a flood of headers so many are read from its beginning, and as many from its end.
MANY_HEADERS = 128
# Seconds that an idle connection is kept: less than servers commonly keep it, so that no request meets its end.
IDLE = 1.5
NO_ANSWER = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError)


class NoAnswer(Exception):
    """No reply came: the connection was refused, reset, timed out or spoke something else than HTTP.

    `cause` tells programs what the words tell people: it came too late, the certificate doesn't verify, or else.
    `says` are the words without the `remedy`, where one is known.
    """

    def __init__(self, says: str, cause: Literal["late", "certificate", "other"] = "other", remedy: str = "") -> None:
        super().__init__(f"{says}; {remedy}" if remedy else says)
        self.says = says
        self.cause = cause
        self.remedy = remedy


class Unsendable(Exception):
    """A request that HTTP can't carry, such as one to a URL without a host."""


class Unreadable(Exception):
    """An answer that began, and then broke off or can't be understood."""


class Transport(Protocol):
    """Carries requests; raises NoAnswer when no reply comes."""

    @property
    def has_sockets(self) -> bool:
        """Whether requests leave this process."""

    def send(self, request: Request) -> Reply:
        """Send one request and read its reply."""

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send requests in the same instant: every connection stands, proven by `rehearsal`, before any is released."""

    def handshake(self, url: str, reach: Reach, *, only: str | None, verify: bool) -> Handshake:
        """A TLS handshake with the host of a URL, as `shake_hands` does it; for transports that have sockets."""

    def close(self) -> None:
        """Let go of connections."""


class Connections:
    """One connection to each origin, kept from one exchange to the next, of which no two overlap.

    httpcore's pool does the same with a queue for threads, which takes a tenth of the time of an exchange.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._kept: dict[tuple[bytes, bytes, int | None], httpcore.HTTPConnection] = {}

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request on the connection that is kept, or on a new one where that is of no use any more."""
        place = (request.url.scheme, request.url.host, request.url.port)
        kept = self._kept.get(place)
        if kept is None or not kept.is_available() or kept.has_expired():
            if kept is not None:
                kept.close()
            origin, context = request.url.origin, self._context
            kept = httpcore.HTTPConnection(origin, context, keepalive_expiry=IDLE, network_backend=Backend())
            self._kept[place] = kept
        return kept.handle_request(request)

    def close(self) -> None:
        """Close them all."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()


class SocketTransport:
    """Sockets through httpcore, the engine of httpx: connections kept for each proxy and for none, one TLS context."""

    has_sockets = True

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pools: dict[Proxy | None, Connections | httpcore.ConnectionPool] = {}

    def _new_pool(self, proxy: Proxy | None) -> Connections | httpcore.ConnectionPool:
        context = self._network.context
        if proxy is None:
            return Connections(context)
        return httpcore.ConnectionPool(context, proxy=_proxy(proxy), keepalive_expiry=IDLE, network_backend=Backend())

    def send(self, request: Request) -> Reply:
        """Send one request on the shared pool."""
        proxy = self._network.proxy_for(request.url)
        if proxy not in self._pools:
            self._pools[proxy] = self._new_pool(proxy)
        return self._send_on(self._pools[proxy], proxy, request)

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send each request on a connection of its own, all released by one barrier."""
        barrier = threading.Barrier(len(requests))

        def one(request: Request) -> Reply:
            proxy = self._network.proxy_for(request.url)
            pool = self._new_pool(proxy)
            try:
                self._send_on(pool, proxy, rehearsal)
                barrier.wait(self._network.timeouts.total)
                return self._send_on(pool, proxy, request)
            except threading.BrokenBarrierError as error:
                raise NoAnswer("one of the parallel connections could not be opened") from error
            except NoAnswer:
                barrier.abort()
                raise
            finally:
                pool.close()

        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(one, requests))

    def _send_on(self, pool: Connections | httpcore.ConnectionPool, proxy: Proxy | None, request: Request) -> Reply:
        remarks = [] if proxy is None else [f"sent through the proxy {proxy}"]
        try:
            try:
                return self._sent(pool, request, remarks)
            except Stale as error:
                # Nothing came back of this exchange on a connection that was kept from one before.
                remarks.append(f"sent a second time, on a new connection: {error}")
                return self._sent(pool, request, remarks)
        except (*NO_ANSWER, Unsendable, Unreadable) as error:
            way = f" (through the proxy {proxy})" if proxy else ""
            says = _in_words(error, self._network.timeouts) + way
            raise NoAnswer(says, _cause_of(error), _remedy_of(error)) from error

    def _sent(self, pool: Connections | httpcore.ConnectionPool, request: Request, remarks: list[str]) -> Reply:
        started = time.perf_counter()
        with closing(pool.handle_request(_prepared(request, Deadline(self._network.timeouts)))) as response:
            stream = response.extensions["network_stream"]
            if isinstance(stream, Stream) and stream.unsent:
                raise Stale("the one before held an answer that nobody had asked for")
            body, truncated = _read(response)
        headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers)
        elapsed = time.perf_counter() - started
        return _bounded(Reply(request, response.status, headers, body, elapsed, truncated, tuple(remarks)))

    def handshake(self, url: str, reach: Reach, *, only: str | None, verify: bool) -> Handshake:
        """A TLS handshake on a connection of its own. Raises LocallyUnavailable."""
        return shake_hands(url, reach, only=only, verify=verify, proxy=self._network.proxy_for(url))

    def close(self) -> None:
        """Close the pools."""
        for pool in self._pools.values():
            pool.close()


def _proxy(proxy: Proxy) -> httpcore.Proxy:
    context = ssl.create_default_context() if proxy.url.startswith("https:") else None
    credentials = proxy.credentials and (proxy.credentials[0].encode(), proxy.credentials[1].encode())
    return httpcore.Proxy(proxy.url, auth=credentials, ssl_context=context)


def _prepared(request: Request, deadline: Deadline) -> httpcore.Request:
    """The request for httpcore, its target verbatim. Raises Unsendable."""
    try:
        parts = urlsplit(request.url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as error:
        raise Unsendable(f"{request.url.partition('?')[0]} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Unsendable(f"{request.url.partition('?')[0]} is no http or https URL with a host")
    target = parts.path or "/"
    if "?" in request.url:
        target += "?" + request.url.partition("?")[2].partition("#")[0]
    headers = [("Host", _authority(parts.netloc, host)), *request.headers]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(request.body))))
    return httpcore.Request(
        header_bytes(request.method),
        httpcore.URL(scheme=parts.scheme, host=host, port=port, target=percent_encoded(target).encode("ascii")),
        headers=[(header_bytes(key), header_bytes(value)) for key, value in headers],
        content=request.body,
        extensions={"timeout": deadline.as_extension()},
    )


def _ascii(host: str) -> str:
    """A host as it is looked up: international names in their ASCII form. Raises ValueError."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _authority(netloc: str, host: str) -> str:
    """What the Host header says: host and port as the URL writes them, without user information."""
    written = netloc.rpartition("@")[2]
    return written if written.isascii() else host + written[written.rfind(":") :] * (":" in written)


def header_bytes(text: str) -> bytes:
    """Header text is latin-1; what a target made up beyond that goes out as UTF-8, as from a browser."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _read(response: httpcore.Response) -> tuple[bytes, bool]:
    """The body as sent, bounded in size; whether it was cut. Raises Unreadable for one that breaks off."""
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_stream():
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                return b"".join(chunks), True
    except NO_ANSWER as error:
        why = "time was up" if isinstance(error, httpcore.TimeoutException) else f"it broke off: {error}"
        raise Unreadable(f"status {response.status} and {size} bytes of a body came, then {why}") from error
    return b"".join(chunks), False


def _bounded(reply: Reply) -> Reply:
    """The reply without a coding that nobody asked for and without its excess; remarks say so. Raises Unreadable."""
    coding = (reply.header("Content-Encoding") or "identity").strip().lower()
    if coding != "identity" and reply.body:
        reply = _decoded(reply, coding)
    if len(reply.headers) > 2 * MANY_HEADERS:
        remark = f"{len(reply.headers)} headers came: the first and the last {MANY_HEADERS} of them are read"
        headers = (*reply.headers[:MANY_HEADERS], *reply.headers[-MANY_HEADERS:])
        reply = replace(reply, headers=headers, remarks=(*reply.remarks, remark))
    if reply.truncated:
        remark = f"the body was longer than {LARGEST_BODY} bytes: it was not read to its end, the first part is kept"
        reply = replace(reply, body=reply.body[:KEPT_OF_A_CUT_BODY], remarks=(*reply.remarks, remark))
    return reply


def _decoded(reply: Reply, coding: str) -> Reply:
    try:
        body, cut = decoded(reply.body, coding, LARGEST_BODY)
    except Undecodable as error:
        raise Unreadable(f"status {reply.status} came, but {error}") from error
    remark = f"the body came with the coding {coding}, which nobody asked for: {len(reply.body)} bytes, shown decoded"
    return replace(reply, body=body, truncated=reply.truncated or cut, remarks=(*reply.remarks, remark))


def _in_words(error: Exception, timeouts: Timeouts) -> str:
    certificate = _certificate_error(error)
    match error:
        case _ if certificate is not None:
            return f"the certificate does not verify: {certificate.verify_message.rstrip('.')}"
        case httpcore.ConnectTimeout():
            return f"no connection within {timeouts.connect:g} s"
        case httpcore.TimeoutException():
            return f"no complete answer within {timeouts.total:g} s"
        case httpcore.ConnectError():
            return f"connection failed: {error}"
        case httpcore.RemoteProtocolError():
            return f"the answer is not valid HTTP, or broke off: {error}"
        case httpcore.LocalProtocolError():
            return f"the request can't be sent as HTTP: {error}"
        case httpcore.ProxyError():
            return f"the proxy refused: {error}"
        case httpcore.NetworkError():
            return f"the connection broke: {error or type(error).__name__}"
        case _:
            return str(error)


def _cause_of(error: Exception) -> Literal["late", "certificate", "other"]:
    if _certificate_error(error) is not None:
        return "certificate"
    return "late" if isinstance(error, httpcore.TimeoutException) else "other"


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The certificate's fault that an exception comes from, if any."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _remedy_of(error: Exception) -> str:
    """What to do about a certificate that doesn't verify; empty for anything else."""
    certificate = _certificate_error(error)
    remedies = {
        10: "the certificate has to be renewed",
        18: "name the certificate itself as `ca_file` under [target], if you trust it",
        19: "name the private authority's certificate as `ca_file` under [target], if you trust it",
        20: "name the authority's certificate as `ca_file` under [target], or let the server send its whole chain",
        62: "base_url and endpoints have to name a host that the certificate is for",
        64: "base_url and endpoints have to name an address that the certificate is for",
    }
    return "" if certificate is None else remedies.get(certificate.verify_code, "")
