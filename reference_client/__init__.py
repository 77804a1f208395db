"""An OAuth 2.0 client that is exactly conformant, and small enough to be read."""

from collections.abc import Mapping

from .choosing import choose
from .client import build, logged_in
from .context import Context, Registration
from .pipeline import Client, Edit, Login, Refused, after, before, remove, replace, setting


def login(context: Context) -> Mapping[str, str]:
    """Signs in as the context says, and returns the tokens; raises Refused where that can't be done safely."""
    return logged_in(build(), context)


def chosen(variant: str | None = None, *defects: str) -> Client:
    """A client with defects, or a variant, or both, by name."""
    return build(choose(variant, defects))


__all__ = [
    "Client",
    "Context",
    "Edit",
    "Login",
    "Refused",
    "Registration",
    "after",
    "before",
    "build",
    "chosen",
    "logged_in",
    "login",
    "remove",
    "replace",
    "setting",
]
