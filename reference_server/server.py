"""A server: settings, store and lists of steps put together, and the ASGI application in front of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from .accounts import register
from .endpoints import CONTROL_PATHS, PATHS, PIPELINES
from .errors import OAuthError
from .federation import Federation, Reach, over_sockets
from .pipeline import Call, Edit, Response, Server, Trace, edited
from .settings import Settings
from .store import Store

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

# So much of an oversized body is still read (and thrown away), so that the client is listening when it is refused.
DRAINED_BYTES = 1024 * 1024

log = logging.getLogger("reference_server")


def public_app(server: Server) -> App:
    """The server's public ASGI application."""
    paths = {**PATHS, **dict.fromkeys(server.settings.issuers, "metadata")}
    served = {path: name if name in server.settings.endpoints else "not_found" for path, name in paths.items()}
    return partial(_serve, server, served)


def control_app(server: Server) -> App:
    """The server's control ASGI application, for a port of its own on loopback."""
    return partial(_serve, server, CONTROL_PATHS)


async def _serve(server: Server, paths: Mapping[str, str], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    call = await _read(server, paths.get(scope["path"], "not_found"), scope, receive)
    await _send(await answer(call), scope["method"] == "HEAD", send)


async def _read(server: Server, endpoint: str, scope: Scope, receive: Receive) -> Call:
    body, oversized = await _read_body(receive, server.settings.body_limit)
    return Call(
        server=server,
        endpoint=endpoint,
        # RFC 9110 section 9.3.2: HEAD is answered as GET is, without the content.
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        path=scope["path"],
        query_string=scope["query_string"],
        headers=list(scope["headers"]),
        body=body,
        scheme=scope["scheme"],
        oversized=oversized,
        error_list=f"{endpoint}.error",
    )


def build(
    settings: Settings, edits: Sequence[Edit] = (), trace: Trace | None = None, reach: Reach = over_sockets
) -> Server:
    """Makes a server from settings and edits; raises ValueError for edits that don't fit.

    `reach` makes the transport by which the server calls its external provider.
    """
    changes = {name: value for edit in edits for name, value in edit.changes}
    unknown = set(changes) - set(Settings.__dataclass_fields__)
    if unknown:
        raise ValueError(f"no settings named {sorted(unknown)}")
    settings = replace(settings, **changes)
    key = settings.secret_key or os.urandom(32)
    accounts = register(key, settings.password_cost, settings.clients, settings.users)
    store = Store(settings.database, key)
    federation = Federation(settings.external_provider, reach) if settings.external_provider else None
    return Server(settings, accounts, store, key, edited(PIPELINES, edits), federation, trace)


async def answer(call: Call) -> Response:
    """Runs an endpoint's list, its error list if a step refused, and its finish list over whatever came of it."""
    try:
        response = await call.run(call.endpoint)
    except Exception as fault:
        response = await _refuse(call, fault)
    call.response = response or Response(204)
    return await call.run(f"{call.endpoint}.finish") or call.response


async def _refuse(call: Call, fault: Exception) -> Response:
    if isinstance(fault, OAuthError):
        call.error = fault
    else:
        log.error("%s %s", call.method, call.path, exc_info=fault)
        call.error = OAuthError("server_error", "The server met an unexpected condition.", 500)
    call.answer = {}
    return await call.run(call.error_list) or Response(call.error.status)


async def _read_body(receive: Receive, limit: int) -> tuple[bytes, bool]:
    chunks: list[bytes] = []
    size = 0
    while size <= DRAINED_BYTES:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        if not message.get("more_body", False):
            break
    return (b"", True) if size > limit else (b"".join(chunks), False)


async def _send(response: Response, without_body: bool, send: Send) -> None:
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.headers]
    if response.status != 204:
        headers.append((b"content-length", str(len(response.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if without_body else response.body})
