"""Grants and endpoints, as in "Register Grants" and "Token Endpoints" of Authlib's Flask OAuth 2.0 documentation."""

from __future__ import annotations

import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.sqla_oauth2 import (
    create_bearer_token_validator,
    create_query_client_func,
    create_query_token_func,
    create_revocation_endpoint,
    create_save_token_func,
)
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint as BaseIntrospectionEndpoint
from flask import Flask, request

from website.models import OAuth2AuthorizationCode, OAuth2Client, OAuth2Token, User, db

CONFIDENTIAL_METHODS = ["client_secret_basic", "client_secret_post"]


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """Section 4.1, for public clients too."""

    TOKEN_ENDPOINT_AUTH_METHODS = [*CONFIDENTIAL_METHODS, "none"]  # noqa: RUF012  # Authlib's own way

    def save_authorization_code(self, code: str, request: Any) -> OAuth2AuthorizationCode:
        """Store a code with all that it is bound to."""
        item = OAuth2AuthorizationCode(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            user_id=request.user.id,
            code_challenge=request.payload.data.get("code_challenge"),
            code_challenge_method=request.payload.data.get("code_challenge_method"),
        )
        db.session.add(item)
        db.session.commit()
        return item

    def query_authorization_code(self, code: str, client: OAuth2Client) -> OAuth2AuthorizationCode | None:
        """Find a code that is this client's and still lives."""
        item = OAuth2AuthorizationCode.query.filter_by(code=code, client_id=client.client_id).first()
        return item if item and not item.is_expired() else None

    def delete_authorization_code(self, authorization_code: OAuth2AuthorizationCode) -> None:
        """A code works once."""
        db.session.delete(authorization_code)
        db.session.commit()

    def authenticate_user(self, authorization_code: OAuth2AuthorizationCode) -> User | None:
        """The user who gave the code."""
        return db.session.get(User, authorization_code.user_id)


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    """Section 4.3."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def authenticate_user(self, username: str, password: str) -> User | None:
        """The user with this name and password."""
        user = User.query.filter_by(username=username).first()
        return user if user and user.check_password(password) else None


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    """Section 4.4."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Section 6, with rotation: the documentation offers it, and without it a refresh would end the session."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> OAuth2Token | None:
        """Find a refresh token that still works."""
        item = OAuth2Token.query.filter_by(refresh_token=refresh_token).first()
        return item if item and item.is_refresh_token_active() else None

    def authenticate_user(self, refresh_token: OAuth2Token) -> User | None:
        """The user whom the refresh token stands for."""
        return db.session.get(User, refresh_token.user_id)

    def revoke_old_credential(self, refresh_token: OAuth2Token) -> None:
        """The old pair ends when the new one is issued."""
        now = int(time.time())
        refresh_token.access_token_revoked_at = now
        refresh_token.refresh_token_revoked_at = now
        db.session.add(refresh_token)
        db.session.commit()


class IntrospectionEndpoint(BaseIntrospectionEndpoint):
    """RFC 7662, limited to internal clients as in the documentation's example."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> OAuth2Token | None:
        """Find a token by its value."""
        return create_query_token_func(db.session, OAuth2Token)(token_string, token_type_hint)

    def check_permission(self, token: OAuth2Token, client: OAuth2Client, request: Any) -> bool:
        """Whether this client may ask."""
        return client.internal

    def introspect_token(self, token: OAuth2Token) -> dict[str, Any]:
        """Describe a token."""
        user = db.session.get(User, token.user_id) if token.user_id else None
        owner = {"username": user.username, "sub": str(user.id)} if user else {}
        return {
            "active": True,
            "client_id": token.client_id,
            "token_type": token.token_type,
            "scope": token.get_scope(),
            "aud": token.client_id,
            "iss": request.host_url,
            "exp": token.issued_at + token.expires_in,
            "iat": token.issued_at,
            **owner,
        }


class RevocationEndpoint(create_revocation_endpoint(db.session, OAuth2Token)):  # type: ignore[misc]
    """RFC 7009, for public clients too."""

    CLIENT_AUTH_METHODS = [*CONFIDENTIAL_METHODS, "none"]  # noqa: RUF012  # Authlib's own way


authorization = AuthorizationServer(
    query_client=create_query_client_func(db.session, OAuth2Client),
    save_token=create_save_token_func(db.session, OAuth2Token),
)
require_oauth = ResourceProtector()


def configure_oauth(app: Flask) -> None:
    """Register every grant and endpoint."""
    authorization.init_app(app)
    authorization.register_grant(AuthorizationCodeGrant, [CodeChallenge(required=True)])
    authorization.register_grant(grants.ImplicitGrant)
    authorization.register_grant(PasswordGrant)
    authorization.register_grant(ClientCredentialsGrant)
    authorization.register_grant(RefreshTokenGrant)
    authorization.register_endpoint(RevocationEndpoint)
    authorization.register_endpoint(IntrospectionEndpoint)
    require_oauth.register_token_validator(create_bearer_token_validator(db.session, OAuth2Token)())
