"""RFC 7009: a token is given back."""

import time

from ..pipeline import Login, Refused


def put_token(login: Login) -> None:
    """Section 2.1: in the body, which nobody logs."""
    login.draft.form.append(("token", getattr(login.tokens, login.kind)))


def put_token_type_hint(login: Login) -> None:
    """Section 2.1: optional; it saves the server a search."""
    login.draft.form.append(("token_type_hint", login.kind))


def try_again_when_busy(login: Login) -> None:
    """Section 2.2.1: after 503 the token is still there; the client asks again when it was told to, and not forever."""
    settings = login.client.settings
    for _ in range(settings.busy_tries - 1):
        if login.reply.status != 503:
            return
        time.sleep(min(seconds_to_wait(login), settings.busy_seconds))
        login.reply = login.wire.send(login.draft)


def forget_revoked_token(login: Login) -> None:
    """Sections 2.1 and 2.2: 200 says it all, whatever the body is. A refresh token's access tokens end with it."""
    if login.reply.status == 200:
        login.tokens.access_token = ""
    if login.reply.status == 200 and login.kind == "refresh_token":
        login.tokens.refresh_token = ""


def refuse_error(login: Login) -> None:
    """Section 2.2.1: a failure, and the token is still there. Not every server revokes access tokens: those expire."""
    error = (login.reply.json_object() or {}).get("error")
    if login.reply.status != 200 and error != "unsupported_token_type":
        raise Refused(f"the revocation endpoint answered with status {login.reply.status}")


def seconds_to_wait(login: Login) -> float:
    """RFC 9110 section 10.2.3: seconds. A date, or nothing, is one second here."""
    text = login.reply.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 1.0
