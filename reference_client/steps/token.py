"""What is put into token requests (RFC 6749 sections 4.1.3, 4.3.2, 4.4.2 and 6)."""

from ..pipeline import Login
from .authorization import redirect_uri, scope


def put_code_grant(login: Login) -> None:
    """Section 4.1.3."""
    login.draft.form.append(("grant_type", "authorization_code"))


def put_code(login: Login) -> None:
    """Section 4.1.2: once, whatever comes of it."""
    login.draft.form.append(("code", login.code))
    login.code = ""


def put_redirect_uri(login: Login) -> None:
    """Section 4.1.3: the same as in the authorization request."""
    login.draft.form.append(("redirect_uri", redirect_uri(login)))


def put_code_verifier(login: Login) -> None:
    """RFC 7636 section 4.5: which proves that the code was asked for by this login."""
    login.draft.form.append(("code_verifier", login.verifier))


def put_refresh_grant(login: Login) -> None:
    """Section 6."""
    login.draft.form.append(("grant_type", "refresh_token"))


def put_refresh_token(login: Login) -> None:
    """Section 6: the latest one. The scope that was granted is what a request without `scope` asks for."""
    login.draft.form.append(("refresh_token", login.tokens.refresh_token))


def put_client_credentials_grant(login: Login) -> None:
    """Section 4.4.2."""
    login.draft.form.append(("grant_type", "client_credentials"))


def put_password_grant(login: Login) -> None:
    """Section 4.3.2."""
    login.draft.form.append(("grant_type", "password"))


def put_owner_credentials(login: Login) -> None:
    """Sections 4.3.1 and 4.3.2: passed on, and kept nowhere."""
    login.draft.form.append(("username", login.context.username or ""))
    login.draft.form.append(("password", login.context.password or ""))


def put_scope(login: Login) -> None:
    """Section 3.3."""
    if scope(login):
        login.draft.form.append(("scope", scope(login)))
