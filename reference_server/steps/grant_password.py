"""RFC 6749 section 4.3, and the documented API's external authentication token in place of the password."""

from ..errors import OAuthError
from ..pipeline import Call, Response
from .grant_authorization_code import invalid_grant


def refuse_both_credentials(call: Call) -> None:
    """The documented API: the external token replaces user name and password; together they say nothing clear."""
    external = call.parameters.get("external_authentication_token")
    if external is not None and call.parameters.get("password") is not None:
        raise OAuthError("invalid_request", "Two kinds of resource owner credentials were sent.")


async def authenticate_owner(call: Call) -> Response | None:
    """Section 4.3.2: the resource owner proves who it is, by one kind of credentials or the other."""
    if call.parameters.get("external_authentication_token") is not None:
        return await call.run("resource_owner.external_token")
    return await try_password(call)


async def try_password(call: Call) -> Response | None:
    """One try of an account at a time: of many at once each finds the failures of those before it counted."""
    async with call.server.accounts.turn(call.parameters.get("username")):
        return await call.run("resource_owner.password")


def require_external_application(call: Call) -> None:
    """The documented API: only applications of that authentication type take external tokens."""
    if not call.client.takes_external_tokens:
        raise OAuthError("unauthorized_client", "The client may not use external authentication tokens.")


def find_owner_by_external_token(call: Call) -> None:
    """The documented API: a value belongs to one user. It is long and random, which is its protection from guessing."""
    call.user = call.server.accounts.user_with_external_token(
        call.parameters.get("external_authentication_token") or ""
    )
    if call.user is None:
        raise invalid_grant("The external authentication token is invalid.")


def require_username(call: Call) -> None:
    """Section 4.3.2: `username` is required."""
    if call.parameters.get("username") is None:
        raise OAuthError("invalid_request", "The username parameter is missing.")


def require_password(call: Call) -> None:
    """Section 4.3.2: `password` is required."""
    if call.parameters.get("password") is None:
        raise OAuthError("invalid_request", "The password parameter is missing.")


def refuse_locked_owner(call: Call) -> None:
    """Section 4.3.2: after too many failures even the right password is answered as a wrong one, for a while."""
    settings = call.server.settings
    user = call.server.accounts.users.get(call.parameters.get("username") or "")
    if user is None:
        return
    limit = user.failed_authentications or settings.failed_authentications
    if call.server.store.is_locked(_account(call), limit, settings.lock_seconds):
        raise invalid_grant("The user name or password is wrong.")


async def verify_password(call: Call) -> None:
    """Section 4.3.2: checks the password."""
    username, password = call.parameters.get("username") or "", call.parameters.get("password") or ""
    call.user = await call.server.accounts.user_signing_in(username, password)


def note_password_failure(call: Call) -> None:
    """Section 4.3.2: counts failures per account, never per address."""
    known = call.parameters.get("username") in call.server.accounts.users
    if call.user is None and known:
        call.server.store.note_failure(_account(call), call.server.settings.lock_seconds)


def refuse_wrong_password(call: Call) -> None:
    """Section 5.2: one answer for an unknown user and a wrong password."""
    if call.user is None:
        raise invalid_grant("The user name or password is wrong.")


def forget_password_failures(call: Call) -> None:
    """Only failures in a row count."""
    call.server.store.forget_failures(_account(call))


async def decide_scope(call: Call) -> Response | None:
    """Section 3.3: what is asked for, or the default, within what is allowed."""
    return await call.run("scope")


def open_grant(call: Call) -> None:
    """The tokens of this answer belong together."""
    username = None if call.user is None else call.user.username
    call.grant = call.server.store.open_grant(call.client.client_id, username, call.scope)


def offer_refresh_token(call: Call) -> None:
    """Section 4.3.3: a refresh token is optional; it saves asking for the password again."""
    call.with_refresh_token = True


def _account(call: Call) -> str:
    return f"user {call.parameters.get('username')}"
