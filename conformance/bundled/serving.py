"""`serve`: the reference server, in this process until it is interrupted."""

from reference_server.serving import main

__all__ = ["main"]
