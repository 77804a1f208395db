"""An OAuth 2.0 authorization server that is exactly conformant, and small enough to be read."""

from .accounts import Client, User
from .choosing import catalogue_fault
from .pipeline import Call, Edit, Response, Server, after, before, remove, replace, setting
from .server import build
from .settings import Settings

__all__ = [
    "Call",
    "Client",
    "Edit",
    "Response",
    "Server",
    "Settings",
    "User",
    "after",
    "before",
    "build",
    "catalogue_fault",
    "remove",
    "replace",
    "setting",
]
