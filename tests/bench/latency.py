"""A TCP relay that makes a network slow: each direction takes half of a round trip longer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


@contextmanager
def slow_relay(port: int, round_trip: float) -> Iterator[int]:
    """A port on loopback that leads to another one, `round_trip` seconds away."""
    ready, ports = threading.Event(), list[int]()
    ended: list[asyncio.Event] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        async with _relay(port, round_trip) as own:
            ports.append(own)
            ended.append(asyncio.Event())
            loops.append(asyncio.get_running_loop())
            ready.set()
            await ended[0].wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield ports[0]
    finally:
        loops[0].call_soon_threadsafe(ended[0].set)
        thread.join(5)


@asynccontextmanager
async def _relay(port: int, round_trip: float) -> AsyncIterator[int]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Opening a connection takes a round trip too.
        await asyncio.sleep(round_trip)
        there, onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_carry(reader, onward, round_trip / 2), _carry(there, writer, round_trip / 2))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Hand bytes on, each piece so many seconds after it came; what follows it isn't kept waiting."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            loop.call_later(delay, writer.write, data)
    loop.call_later(delay, writer.close)
