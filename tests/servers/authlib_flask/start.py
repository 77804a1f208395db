"""Starts an authorization server made with Authlib and Flask, on loopback, with a fresh database."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "common"))

from serving import main
from wsgi import served_as_asgi


def create_application(folder: Path, base_url: str) -> Any:
    """The Flask application behind ASGI: Flask's own server closes the connection after each answer."""
    if base_url.startswith("http:"):
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib refuses plain HTTP otherwise
    from website.app import create_app  # only now, when Authlib's variable is set

    return served_as_asgi(create_app(folder))


if __name__ == "__main__":
    main(__doc__, create_application)
