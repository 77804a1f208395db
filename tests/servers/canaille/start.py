"""Starts Canaille with its SQL backend, on loopback, with a fresh database that holds what profile.toml speaks of."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "common"))

from seed import seed
from serving import main
from wsgi import served_as_asgi


def create_application(folder: Path, base_url: str) -> Any:
    """Canaille as its documentation configures it, behind ASGI: Flask's own server closes each connection."""
    if base_url.startswith("http:"):
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib, which Canaille stands on, refuses plain HTTP
    from canaille import create_app  # only now, when Authlib's variable is set

    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(
        {
            "SECRET_KEY": secrets.token_hex(),
            "SERVER_NAME": base_url.partition("://")[2],
            "PREFERRED_URL_SCHEME": base_url.partition(":")[0],
            "CANAILLE": {"LOGGING": {"version": 1, "root": {"level": "ERROR"}}},
            "CANAILLE_SQL": {
                "DATABASE_URI": f"sqlite:///{folder / 'canaille.sqlite'}",
                # A small work factor: it changes the time of an answer and nothing else.
                "PASSWORD_HASH_PARAMS": {"pbkdf2_sha512__rounds": 1000},
            },
            # Clients of plain OAuth 2.0 send no nonce.
            "CANAILLE_OIDC": {"REQUIRE_NONCE": False},
        }
    )
    with app.app_context():
        seed()
    return served_as_asgi(app, workers=1)  # Canaille's SQL sessions belong to threads, the users in its cache to none


if __name__ == "__main__":
    main(__doc__, create_application)
