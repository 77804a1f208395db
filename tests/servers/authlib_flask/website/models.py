"""Models: Authlib's SQLAlchemy mixins, completed as its documentation says."""

from __future__ import annotations

import time

from authlib.integrations.sqla_oauth2 import OAuth2AuthorizationCodeMixin, OAuth2ClientMixin, OAuth2TokenMixin
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash

db = SQLAlchemy()

REFRESH_TOKEN_LIFETIME = 30 * 86400


class User(db.Model):  # type: ignore[name-defined,misc]
    """A resource owner."""

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(40), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)

    def get_user_id(self) -> int:
        """What Authlib stores with a token."""
        return self.id

    def check_password(self, password: str) -> bool:
        """Whether this is the user's password."""
        return check_password_hash(self.password_hash, password)


class OAuth2Client(db.Model, OAuth2ClientMixin):  # type: ignore[name-defined,misc]
    """A registered client."""

    __tablename__ = "oauth2_client"
    id = db.Column(db.Integer, primary_key=True)
    internal = db.Column(db.Boolean, nullable=False, default=True)  # may introspect


class OAuth2AuthorizationCode(db.Model, OAuth2AuthorizationCodeMixin):  # type: ignore[name-defined,misc]
    """An authorization code that wasn't redeemed yet."""

    __tablename__ = "oauth2_code"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id", ondelete="CASCADE"))
    user = db.relationship("User")


class OAuth2Token(db.Model, OAuth2TokenMixin):  # type: ignore[name-defined,misc]
    """An access token and the refresh token issued with it."""

    __tablename__ = "oauth2_token"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id", ondelete="CASCADE"))
    user = db.relationship("User")

    def is_refresh_token_active(self) -> bool:
        """Whether the refresh token still works: the documentation leaves this to the application."""
        expired = self.issued_at + REFRESH_TOKEN_LIFETIME < time.time()
        return not (self.refresh_token_revoked_at or expired)
