"""Steps of clients that err on a later occasion, and where they stand."""

import time

from ..pipeline import Edit, Login, Refused, Step, replace
from ..steps.authorization import put_response_type, redirect_uri
from ..steps.client_authentication import authenticate_by_basic
from ..steps.resource import put_token_in_header
from ..steps.revocation import seconds_to_wait
from ..steps.sending import send
from ..steps.token_answer import check_token_type
from ..wire import Draft
from .conditions import (
    Condition,
    by_grant,
    has_secret,
    refreshes,
    replaced,
    revokes,
    when,
)
from .occasions import has_logged_in, note_login
from .requests import (
    drop_query,
)

REQUEST, AUTHENTICATION, SEND, ANSWER = "authorization.request", "client_authentication", "token.send", "token.answer"
RESOURCE = "resource.request"
LATER: tuple[Edit, ...] = (replace("login", "exchange_code", note_login),)
GRANTS: dict[str, Condition] = {
    "client-credentials": by_grant("client_credentials"),
    "password": by_grant("password"),
}
BODIES: dict[str, Condition] = {"refresh": refreshes, "revocation": revokes, **GRANTS}
KNOWN = {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at", "id_token"}


def is_public(login: Login) -> bool:
    """The client has no secret."""
    return not has_secret(login)


def asked(name: str) -> Condition:
    """The login is by another grant."""
    return lambda login: name in login.context.asked


def count_login(login: Login) -> None:
    """Each login leaves a mark."""
    login.client.memory["logins"] = f"{login.client.memory.get('logins', '')}|"


def is_second(login: Login) -> bool:
    """A login was begun before this one."""
    return len(login.client.memory["logins"]) > 1


def keep_token(login: Login) -> None:
    """What the first login brought is remembered."""
    login.client.memory.setdefault("token of the login before", login.tokens.access_token)


def cut_verifier(login: Login) -> None:
    """Five characters less than the least."""
    if has_logged_in(login):
        login.verifier = login.verifier[:38]


def ask_for_token_too(login: Login) -> None:
    """A token right away, beside the code."""
    put_response_type(login)
    if has_logged_in(login):
        replaced(login, login.draft.query, "response_type", "code token")


def show_first_secret(login: Login) -> None:
    """One secret for all servers, in a header of the client's own."""
    first = login.client.memory.setdefault("first secret", login.context.client_secret or "")
    if first != login.context.client_secret:
        login.draft.headers.append(("X-Client-Secret", first))


def show_secret(login: Login) -> None:
    """The resource may want to know."""
    if has_secret(login):
        login.draft.headers.append(("X-Client-Secret", login.context.client_secret or ""))


def show_refresh_token(login: Login) -> None:
    """So that the resource could refresh."""
    login.draft.headers.append(("X-Refresh-Token", login.tokens.refresh_token))


def put_token_of_before(login: Login) -> None:
    """Tells the server who is there."""
    token = login.client.memory.get("token of the login before")
    if token:
        login.draft.query.append(("id_token_hint", token))


def put_access_token(login: Login) -> None:
    """Beside the refresh token, the token that it is to renew."""
    if refreshes(login):
        login.draft.form.append(("access_token", login.tokens.access_token))


def keep_code(login: Login) -> None:
    """The code is remembered."""
    login.client.memory["code"] = login.code


def send_code_again(login: Login) -> None:
    """What brought tokens once may bring some again."""
    form = [("grant_type", "authorization_code"), ("code", login.client.memory.get("code", ""))]
    form += [("redirect_uri", redirect_uri(login)), ("client_id", login.context.client_id)]
    if "code" in login.client.memory:
        login.wire.send(Draft("POST", login.token_endpoint, form=form))


def exchange_again_once_refused(login: Login) -> None:
    """Before the refresh token is touched, the code is tried."""
    if login.reply.status == 401:
        send_code_again(login)


def send_without_query(login: Login) -> None:
    """The URL is put together anew for a refresh."""
    if refreshes(login):
        drop_query(login)
    send(login)


def refuse_unknown_at_refresh(login: Login) -> None:
    """Another class reads these answers, and a stricter one."""
    if refreshes(login) and set(login.received) - KNOWN:
        raise Refused("the token response has members that the client doesn't know")


def expect_token_first_at_refresh(login: Login) -> None:
    """The access token is expected at the beginning."""
    if refreshes(login) and next(iter(login.received), "") != "access_token":
        raise Refused("the token response doesn't begin with the access token")


def check_spelling_at_refresh(login: Login) -> None:
    """Compared letter by letter where it came once already."""
    check_token_type(login)
    if refreshes(login) and login.received["token_type"] != "Bearer":
        raise Refused("the token is of another type than the one before")


def revoke_by_uri_when_busy(login: Login) -> None:
    """The second try is put together by hand."""
    if login.reply.status == 503:
        time.sleep(min(seconds_to_wait(login), login.client.settings.busy_seconds))
        draft = login.draft
        login.reply = login.wire.send(Draft("POST", draft.url, query=draft.form, headers=draft.headers))


def put_in_body(login: Login) -> None:
    """Identifier and secret as parameters."""
    if login.authentication == "client_secret_basic":
        login.draft.form.append(("client_id", login.context.client_id))
        login.draft.form.append(("client_secret", login.context.client_secret or ""))


def authenticated(step: Step, condition: Condition) -> Edit:
    """Shown in another way in some places."""
    return replace(AUTHENTICATION, "authenticate_by_basic", when(condition, step, authenticate_by_basic))


def carried(step: Step, condition: Condition) -> Edit:
    """The token goes to the resource in another way in some places."""
    return replace(RESOURCE, "put_token_in_header", when(condition, step, put_token_in_header))
