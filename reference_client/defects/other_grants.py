"""Mistakes in the grants without a user agent (RFC 6749 sections 4.3 and 4.4)."""

from ..defect import Defect
from ..pipeline import Login, replace
from ..steps.client_authentication import authenticate_by_basic
from ..steps.sending import send
from ..steps.whole import get_tokens_alone, refresh, request_tokens
from .conditions import by_grant, unless, when

AUTHENTICATION, SEND = "client_authentication", "token.send"


def send_in_query(login: Login) -> None:
    """By POST, but everything in the URI."""
    login.draft.query, login.draft.form = login.draft.form, []
    send(login)


def ask_with_password_again(login: Login) -> None:
    """The password was kept, so why a refresh token?"""
    if login.context.password:
        login.refreshes += 1
        return request_tokens(login, "password.request")
    return refresh(login)


def ask_without_secret(login: Login) -> None:
    """A client without a secret asks for itself."""
    if "client_credentials" in login.context.asked:
        return request_tokens(login, "client_credentials.request")
    return get_tokens_alone(login)


def put_owner_in_latin(login: Login) -> None:
    """As the pages of old were encoded."""
    pairs = (("username", login.context.username), ("password", login.context.password))
    encoded = [(name, (value or "").encode("latin-1", "replace")) for name, value in pairs]
    login.draft.form.extend(encoded)  # type: ignore[arg-type]  # bytes are escaped as they are


DEFECTS = (
    Defect(
        name="client-credentials-in-uri",
        says="The parameters of a client credentials request stand in the URI.",
        breaks=("rfc6749-4.4.2-parameters-in-the-body",),
        edits=(replace(SEND, "send", when(by_grant("client_credentials"), send_in_query, send)),),
    ),
    Defect(
        name="client-credentials-without-secret",
        says="A client asks for itself without its secret.",
        breaks=("rfc6749-4.4.2-client-authenticates",),
        edits=(
            replace(
                AUTHENTICATION,
                "authenticate_by_basic",
                unless(by_grant("client_credentials"), authenticate_by_basic),
            ),
        ),
    ),
    Defect(
        name="client-credentials-of-public-client",
        says="A client without a secret uses the client credentials grant.",
        breaks=("rfc6749-4.4-client-is-confidential",),
        edits=(replace("login", "get_tokens_alone", ask_without_secret),),
        on="public-client",
    ),
    Defect(
        name="password-in-uri",
        says="The resource owner's password stands in the URI.",
        breaks=("rfc6749-4.3.2-parameters-in-the-body",),
        edits=(replace(SEND, "send", when(by_grant("password"), send_in_query, send)),),
    ),
    Defect(
        name="password-without-secret",
        says="A client with a secret uses the password grant without it.",
        breaks=("rfc6749-4.3.2-client-authenticates",),
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", unless(by_grant("password"), authenticate_by_basic)),),
    ),
    Defect(
        name="password-kept",
        says="The password is kept, and used again where a refresh token would do.",
        breaks=("rfc6749-4.3.1-client-discards-credentials",),
        edits=(replace("refresh", "refresh", ask_with_password_again),),
    ),
    Defect(
        name="password-in-latin",
        says="What the resource owner entered is encoded in ISO 8859-1.",
        breaks=("rfc6749-B-client-encodes-utf8",),
        edits=(replace("password.request", "put_owner_credentials", put_owner_in_latin),),
    ),
)
