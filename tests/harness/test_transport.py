"""What goes out is what was asked for, byte by byte, and what comes back is what was sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.wire.exchange import Request
from conformance.wire.network import Network
from conformance.wire.sockets import Timeouts
from conformance.wire.transport import NoAnswer, SocketTransport
from tests.hostile.raw import RawServer, Script, answer, says


@contextmanager
def transport(timeouts: Timeouts = Timeouts(2, 2, 2)) -> Iterator[SocketTransport]:  # noqa: B008 (frozen)
    sender = SocketTransport(Network(ssl.create_default_context(), timeouts))
    try:
        yield sender
    finally:
        sender.close()


def exchange(script: Script, request: Request) -> tuple[RawServer, object]:
    """Send one request to a server with that script."""
    with RawServer(script) as server, transport() as sender:
        url = request.url.replace("BASE", server.url)
        return server, sender.send(Request(request.method, url, request.headers, request.body))


@pytest.mark.parametrize("target", ["/", "/a/../b", "/%7e%7E?", "/a?x='\"{}|&&x=1&x", "/a?b=c?d", "//double/"])
def test_a_target_goes_out_verbatim(target: str) -> None:
    server, _ = exchange(says(answer()), Request("GET", f"BASE{target}#fragment"))
    assert server.received[0].line == f"GET {target} HTTP/1.1"


def test_headers_keep_order_case_and_repetition() -> None:
    sent = (("X-One", "1"), ("authorization", "a"), ("AUTHORIZATION", "b"), ("X-Odd", "\xe9\xff"))
    server, _ = exchange(says(answer()), Request("PUT", "BASE/", sent, b"body"))
    received = server.received[0]
    assert received.headers[0] == ("Host", f"127.0.0.1:{server.port}")
    assert received.headers[1:] == (*sent, ("Content-Length", "4"))
    assert received.body == b"body"


def test_headers_come_back_in_order_case_and_repetition() -> None:
    headers = "SET-cookie: a=1\r\nset-Cookie: b=2\r\nX-Odd: \xe9\r\nx-empty:\r\n"
    _, reply = exchange(says(answer(b"\xff", headers=headers)), Request("GET", "BASE/"))
    assert reply.headers[:4] == (("SET-cookie", "a=1"), ("set-Cookie", "b=2"), ("X-Odd", "\xe9"), ("x-empty", ""))  # type: ignore[attr-defined]
    assert reply.body == b"\xff"  # type: ignore[attr-defined]


def test_a_request_is_one_write() -> None:
    server, _ = exchange(says(answer()), Request("POST", "BASE/", (), b"x" * 5000))
    assert server.received[0].reads == 1


def test_connections_are_kept_and_none_is_shared_by_requests_sent_together() -> None:
    with RawServer(says(answer())) as server, transport() as sender:
        for _ in range(5):
            sender.send(Request("GET", server.url))
        assert server.connections == 1
        replies = sender.send_together(
            [Request("GET", f"{server.url}/{n}") for n in range(3)], Request("GET", server.url)
        )
        assert [reply.status for reply in replies] == [200, 200, 200]
        assert server.connections == 4


def test_one_of_several_together_without_an_answer_is_no_answer() -> None:
    def script(peer, request) -> None:  # type: ignore[no-untyped-def]
        peer.reset() if request.path == "/1" else peer.send(answer())

    with RawServer(script) as server, transport() as sender, pytest.raises(NoAnswer):
        sender.send_together([Request("GET", f"{server.url}/{n}") for n in range(3)], Request("GET", server.url))
