"""What the first request of a kind would wait for, made ready while nobody asks for anything yet."""

from __future__ import annotations

from importlib import import_module

from .provider.app import Provider
from .rendering import prepare_pages
from .steps.graphql_resource import schema

# What is imported when it is first needed, since a start is watched.
IMPORTED_LATE = (
    "httpx",
    "httpcore",
    "anyio._backends._asyncio",
    "oauthlib.oauth2",
    "joserfc.jwt",
    "starlette.applications",
    "starlette.routing",
    "starlette.responses",
)


def warm_up(provider: Provider | None) -> None:
    """Import it all, compile the pages, and make the provider's key, in a thread beside the one that answers."""
    prepare_pages()
    schema()
    if provider is None:
        return
    for name in IMPORTED_LATE:
        import_module(name)
    provider.signer.key_set()
