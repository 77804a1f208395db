"""A login from its beginning to its end: each step here runs a list, some of them several times."""

from typing import Literal

from ..pipeline import Draft, Login, Refused, StartOver

ASKED_REFRESHES = 2


def learn_server(login: Login) -> None:
    """RFC 8414: before anything is sent, the client knows whom it talks to."""
    login.run("metadata")


def get_tokens_alone(login: Login) -> None:
    """RFC 6749 sections 4.3 and 4.4: grants without a user agent, where they are asked for and possible."""
    asked = login.context.asked
    if "client_credentials" in asked and login.context.client_secret:
        request_tokens(login, "client_credentials.request")
    elif "password" in asked and login.context.username:
        request_tokens(login, "password.request")


def ask_owner(login: Login) -> None:
    """RFC 6749 section 4.1.1."""
    if needs_owner(login):
        login.draft = Draft("GET", login.authorization_endpoint)
        login.run("authorization.request")
        login.run("authorization.visit")


def check_answer(login: Login) -> None:
    """RFC 6749 section 4.1.2: nothing of an answer is used before it is known to be one."""
    if needs_owner(login):
        login.run("authorization.answer")


def exchange_code(login: Login) -> None:
    """RFC 6749 section 4.1.3."""
    if needs_owner(login):
        request_tokens(login, "code.request")


def tell_success(login: Login) -> None:
    """The resource owner may close the window."""
    login.message = "You are signed in and may close this window."
    login.run("succeeded")


def use_tokens(login: Login) -> None:
    """RFC 6749 section 1.5, steps C to H: at a refused or expired token the client refreshes, within bounds."""
    if not login.context.resource or not login.client.settings.uses_resource:
        return
    if login.tokens.expired:
        login.run("refresh")
    use_resource(login)
    for _ in range(login.client.settings.refreshes):
        if login.tokens.access_token:
            return
        login.run("refresh")
        use_resource(login)
    if not login.tokens.access_token:
        raise StartOver("the resource refuses every token")


def refresh_when_asked(login: Login) -> None:
    """RFC 6749 section 6: also while the access token is still good; twice, so that it shows which token comes next."""
    for _ in range(ASKED_REFRESHES - login.refreshes if "refresh" in login.context.asked else 0):
        if can_refresh(login):
            login.run("refresh")
            use_tokens(login)


def revoke_when_asked(login: Login) -> None:
    """RFC 7009 section 2.1: the refresh token, with which its access tokens end; the access token where it is alone."""
    if "revocation" not in login.context.asked or not login.revocation_endpoint:
        return
    if login.tokens.refresh_token:
        revoke(login, "refresh_token")
    elif login.tokens.access_token:
        revoke(login, "access_token")


def refresh(login: Login) -> None:
    """RFC 6749 section 6: where the refresh token is refused too, the resource owner is asked again."""
    if not can_refresh(login):
        raise StartOver("the access token is refused, and there is nothing to renew it with")
    login.refreshes += 1
    try:
        request_tokens(login, "refresh.request")
    except Refused as refusal:
        if refusal.error == "invalid_grant":
            raise StartOver(str(refusal), refusal.error) from refusal
        raise


def request_tokens(login: Login, list_name: str) -> None:
    """RFC 6749 section 3.2: all token requests are alike but for what their grant adds."""
    login.draft = Draft("POST", login.token_endpoint)
    login.run(list_name)
    login.run("client_authentication")
    login.run("token.send")
    login.run("token.answer")


def use_resource(login: Login) -> None:
    """RFC 6749 section 7."""
    login.draft = Draft("GET", login.context.resource or "")
    login.run("resource.request")
    login.run("resource.send")
    login.run("resource.answer")


def revoke(login: Login, kind: Literal["access_token", "refresh_token"]) -> None:
    """RFC 7009 section 2.1."""
    login.kind = kind
    login.draft = Draft("POST", login.revocation_endpoint)
    login.run("revocation.request")
    login.run("client_authentication")
    login.run("revocation.send")
    login.run("revocation.answer")


def needs_owner(login: Login) -> bool:
    """Whether no other grant has brought tokens already."""
    return not login.tokens.access_token


def can_refresh(login: Login) -> bool:
    """Whether there is a refresh token, and a client that uses it."""
    return bool(login.tokens.refresh_token) and login.client.settings.refreshes_tokens
