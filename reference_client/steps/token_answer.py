"""RFC 6749 sections 5.1 and 5.2: what the token endpoint answered."""

import math
import time

from ..pipeline import Login, Refused


def refuse_redirect(login: Login) -> None:
    """Section 10.9: a token request goes to the token endpoint alone, so that a redirect is no answer."""
    if 300 <= login.reply.status < 400:
        raise Refused("the token endpoint redirects")


def read_object(login: Login) -> None:
    """Section 5.1: one JSON object, in whatever order; an error may come without."""
    login.received = login.reply.json_object() or {}


def refuse_error(login: Login) -> None:
    """Section 5.2: whatever the error is called."""
    if login.reply.status == 200 and "error" not in login.received:
        return
    error = login.received.get("error")
    description = login.received.get("error_description")
    named = error if isinstance(error, str) else f"status {login.reply.status}"
    detail = f": {description}" if isinstance(description, str) else ""
    raise Refused(f"the token endpoint answered {named}{detail}", named)


def require_access_token(login: Login) -> None:
    """Section 5.1: `access_token` and `token_type` are required."""
    if not isinstance(login.received.get("token_type"), str) or not is_credential(login.received.get("access_token")):
        raise Refused("the token endpoint issued no access token that can be used")


def check_token_type(login: Login) -> None:
    """Sections 5.1 and 7.1: in any letter case, and never one that the client doesn't understand."""
    if login.received["token_type"].lower() != "bearer":
        raise Refused("the token is of a type that the client doesn't know")


def take_access_token(login: Login) -> None:
    """Section 5.1: of any length."""
    login.tokens.access_token = login.received["access_token"]
    login.tokens.token_type = login.received["token_type"]


def take_expiry(login: Login) -> None:
    """Section 5.1: recommended, not required."""
    seconds = login.received.get("expires_in")
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
    login.tokens.expires_at = time.monotonic() + seconds if known and seconds is not None else None


def take_refresh_token(login: Login) -> None:
    """Section 6: a new one takes the old one's place; where none comes, the old one is still good."""
    new = login.received.get("refresh_token")
    if isinstance(new, str) and is_credential(new):
        login.tokens.refresh_token = new


def take_scope(login: Login) -> None:
    """Section 5.1: left out it is the scope that was asked for; less is granted where the owner wants it so."""
    scope = login.received.get("scope")
    login.tokens.scope = scope if isinstance(scope, str) else login.tokens.scope


def is_credential(value: object) -> bool:
    """Sections A.12 and A.17: visible ASCII characters and spaces, any number of them."""
    return isinstance(value, str) and value != "" and all(" " <= character <= "~" for character in value)
