"""Serves an ASGI application on loopback: what the starters of the servers written in Python share.

Prints one JSON line, {"base_url": ...}, when it answers; runs in the foreground until it is stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn


def main(description: str, create_application: Callable[[Path, str], Any]) -> None:
    """Read the arguments, create the application, serve it.

    `create_application` gets a folder for its data, which is removed at the end, and the base URL.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--certfile", help="PEM certificate: serves TLS")
    parser.add_argument("--keyfile", help="PEM key of the certificate")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the folder is removed
    with (
        _listening_socket(arguments.port) as listener,
        tempfile.TemporaryDirectory(prefix="oauth2-server-") as folder,
    ):
        scheme = "https" if arguments.certfile else "http"
        base_url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        server = _server(create_application(Path(folder), base_url), arguments.certfile, arguments.keyfile)
        # The port answers from here on: connections queue in the backlog until the loop takes them.
        print(json.dumps({"base_url": base_url}), flush=True)
        asyncio.run(server.serve(sockets=[listener]))


def _server(application: Any, certfile: str | None, keyfile: str | None) -> uvicorn.Server:
    config = uvicorn.Config(
        application,
        lifespan="off",  # neither Django's ASGI handler nor a WSGI application has one
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )
    return uvicorn.Server(config)


def _listening_socket(port: int) -> socket.socket:
    """A listening socket on loopback. The protocol is named because asyncio turns Nagle's delay off only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener
