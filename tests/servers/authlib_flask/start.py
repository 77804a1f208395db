"""Starts an authorization server made with Authlib and Flask, on loopback, with a fresh database.

Prints one JSON line, {"base_url": ...}, when it answers; runs in the foreground until it is stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware


def main() -> None:
    """Read the arguments, create the data, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--certfile", help="PEM certificate: serves TLS")
    parser.add_argument("--keyfile", help="PEM key of the certificate")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the folder is removed
    if not arguments.certfile:
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib refuses plain HTTP otherwise
    with tempfile.TemporaryDirectory(prefix="authlib-flask-") as folder:
        application = create_application(Path(folder))
        asyncio.run(serve(application, arguments.port, arguments.certfile, arguments.keyfile))


def create_application(folder: Path) -> Any:
    """The Flask application behind ASGI: Flask's own server closes the connection after each answer."""
    from website.app import create_app  # only now, when Authlib's variable is set

    return WSGIMiddleware(create_app(folder))


async def serve(application: Any, port: int, certfile: str | None, keyfile: str | None) -> None:
    """Serve, and say so as soon as the port is open."""
    config = uvicorn.Config(
        application,
        lifespan="off",  # a WSGI application has none
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )
    server = uvicorn.Server(config)
    with listening_socket(port) as listener:
        # The port answers from here on: connections queue in the backlog until the loop takes them.
        scheme = "https" if certfile else "http"
        print(json.dumps({"base_url": f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
        await server.serve(sockets=[listener])


def listening_socket(port: int) -> socket.socket:
    """A listening socket on loopback. The protocol is named because asyncio turns Nagle's delay off only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
