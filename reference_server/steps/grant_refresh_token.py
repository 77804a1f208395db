"""RFC 6749 section 6: a refresh token becomes a new access token, never a wider one."""

from ..errors import OAuthError
from ..pipeline import Call
from .grant_authorization_code import invalid_grant
from .scope import invalid_scope


def require_refresh_token(call: Call) -> None:
    """Section 6: `refresh_token` is required."""
    if call.parameters.get("refresh_token") is None:
        raise OAuthError("invalid_request", "The refresh_token parameter is missing.")


def find_refresh_token(call: Call) -> None:
    """Section 6: it is one that this server gave out, and no access token."""
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    if token is None or token.kind != "refresh_token":
        raise invalid_grant("The refresh token is invalid.")
    call.token, call.grant = token, token.grant


def check_refresh_client(call: Call) -> None:
    """Sections 6 and 10.4: a refresh token is good for the client that it was given to."""
    if call.grant.client_id != call.client.client_id:
        raise invalid_grant("The refresh token is invalid.")


def detect_reuse(call: Call) -> None:
    """Section 10.4: a token that was replaced and comes again is in two hands, so all of its family is revoked."""
    if call.found_token.rotated_at is not None:
        call.server.store.revoke_grant(call.grant)


def check_refresh_active(call: Call) -> None:
    """Section 6: neither expired nor revoked nor replaced."""
    if not call.found_token.active:
        raise invalid_grant("The refresh token is invalid.")


def take_granted_scope(call: Call) -> None:
    """Section 6: without `scope`, all that the resource owner granted, however narrow the last refresh was."""
    call.scope = call.grant.scope


def check_scope_not_wider(call: Call) -> None:
    """Section 6: no scope that the resource owner didn't grant in the first place."""
    asked = (call.parameters.get("scope") or "").split()
    if not set(asked) <= set(call.grant.scope):
        raise invalid_scope("The scope is wider than what was granted.")


def narrow_scope(call: Call) -> None:
    """Section 6: less may be asked for. Only the access token is narrowed by it."""
    asked = (call.parameters.get("scope") or "").split()
    if asked:
        call.scope = tuple(dict.fromkeys(asked))


def rotate(call: Call) -> None:
    """Section 10.4: each use replaces the refresh token, so that a stolen one shows; a setting turns it off."""
    if not call.server.settings.rotate_refresh_tokens:
        return
    if not call.server.store.rotate_token(call.found_token):
        call.server.store.revoke_grant(call.grant)
        raise invalid_grant("The refresh token is invalid.")
    call.with_refresh_token = True
