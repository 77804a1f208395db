"""The application factory."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import Flask

from website.models import db
from website.oauth2 import configure_oauth
from website.routes import blueprint
from website.seed import seed


def create_app(folder: Path) -> Flask:
    """The application with a fresh database in a folder."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_hex(),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'db.sqlite3'}",
        OAUTH2_REFRESH_TOKEN_GENERATOR=True,  # off by default; the documentation says to turn it on for refresh tokens
    )
    db.init_app(app)
    configure_oauth(app)
    app.register_blueprint(blueprint)
    with app.app_context():
        db.create_all()
        seed()
    return app
