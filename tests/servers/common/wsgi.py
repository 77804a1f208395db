"""A WSGI application served as an ASGI one."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from a2wsgi import WSGIMiddleware


def served_as_asgi(application: Any, workers: int = 10) -> Any:
    """The application behind the bridge, each request in a context of its own.

    The bridge reads a request's body in the context that Flask has just filled. When uvicorn has to pause a large body,
    the connection goes on in that context: its next request would find the `g` of this one, and who is signed in there.
    """

    def apart(environ: Any, start_response: Any) -> Any:
        return Context().run(application, environ, start_response)

    return WSGIMiddleware(apart, workers=workers)
