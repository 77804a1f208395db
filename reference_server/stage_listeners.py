"""The sockets of stages: plain HTTP and TLS on loopback, with a good certificate and with bad ones, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from .certificates import SAME_AUTHORITY, own_stage_certificate, write_stage_certificates
from .serving import LOOPBACK, Listener, bind, event_loop, start_listener, url_of
from .settings import Settings
from .stage import Heard, Stages

BAD_CERTIFICATES = ("expired", "other-host", "unknown-authority")
PLAIN = "http"
# Seconds that the thread gets to end.
LAST_WORDS = 3.0


class Listening:
    """Listeners that serve stages until they are closed. `folder` has the certificates.

    They listen at an address, and clients know them by a host. Raises OSError for an address that isn't here.
    """

    def __init__(
        self, folder: Path, hear: Callable[[Heard], None], address: str = LOOPBACK, host: str = LOOPBACK
    ) -> None:
        others = [SAME_AUTHORITY] if (folder / SAME_AUTHORITY).exists() else []
        sockets = {name: bind(address, 0) for name in ("https", PLAIN, *BAD_CERTIFICATES, *others)}
        schemes = {name: PLAIN if name == PLAIN else "https" for name in sockets}
        origins = {name: url_of(schemes[name], host, each) for name, each in sockets.items()}
        self.stages = Stages({SAME_AUTHORITY: origins["https"], **origins}, hear)
        self._folder = folder
        self._sockets = sockets
        self._listeners: list[Listener] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stages", daemon=True)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Ends the listeners."""
        for listener in self._listeners:
            listener.should_exit = listener.force_exit = True
        self._thread.join(LAST_WORDS)

    def _run(self) -> None:
        with event_loop() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        started = [
            start_listener(self.stages.app, each, Settings(), None if name == PLAIN else self._folder / name)
            for name, each in self._sockets.items()
        ]
        self._listeners = [listener for listener, _ in started]
        for listener in self._listeners:
            await listener.ready.wait()
        self._ready.set()
        await asyncio.gather(*(task for _, task in started))


__all__ = ["SAME_AUTHORITY", "Listening", "own_stage_certificate", "write_stage_certificates"]
