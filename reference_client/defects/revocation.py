"""Mistakes in giving tokens back (RFC 7009)."""

from ..defect import Defect
from ..pipeline import Draft, Login, Refused, before, replace
from ..steps.client_authentication import authenticate_by_basic
from ..steps.sending import send
from ..steps.whole import refresh, revoke, revoke_when_asked, use_resource
from .conditions import revokes, unless, when

SEND, ANSWER = "revocation.send", "revocation.answer"
STOPS = ("rfc7009-2.1-client-stops-using-revoked-token",)
MANY = 10


def send_by_get(login: Login) -> None:
    """As JSONP would have it."""
    login.draft.method, login.draft.query, login.draft.form = "GET", login.draft.form, []
    send(login)


def send_in_query(login: Login) -> None:
    """By POST, but everything in the URI."""
    login.draft.query, login.draft.form = login.draft.form, []
    send(login)


def show_token(login: Login) -> None:
    """As at the resource."""
    login.draft.headers.append(("Authorization", f"Bearer {login.tokens.access_token}"))


def put_token_by_kind(login: Login) -> None:
    """As `refresh_token` or `access_token`."""
    login.draft.form.append((login.kind, getattr(login.tokens, login.kind)))


def use_again(login: Login) -> None:
    """Goes on with the access token as if nothing had been."""
    token = login.tokens.access_token
    if "revocation" in login.context.asked and token:
        revoke(login, "access_token")
        login.tokens.access_token = token
        use_resource(login)
    revoke_when_asked(login)


def refresh_again(login: Login) -> None:
    """Gets a new access token by the refresh token that was given back."""
    token = login.tokens.refresh_token
    revoke_when_asked(login)
    if "revocation" in login.context.asked and token and not login.tokens.refresh_token:
        login.tokens.refresh_token = token
        refresh(login)


def read_body(login: Login) -> None:
    """A body with an error, or none that can be read, is a failure."""
    read = login.reply.json_object()
    if login.reply.status == 200 and login.reply.body and (read is None or "error" in read):
        login.reply = login.wire.send(login.draft)
        raise Refused("the token could not be revoked")


def hammer(login: Login) -> None:
    """Asks again and again, without a pause."""
    for _ in range(MANY):
        if login.reply.status != 503:
            return
        login.reply = login.wire.send(login.draft)


def use_named_endpoint(login: Login) -> None:
    """The token response says where its tokens are given back."""
    named = login.received.get("revocation_endpoint")
    if isinstance(named, str):
        login.revocation_endpoint = named


def tell_resource(login: Login) -> None:
    """Tells the resource, too, which tokens are over."""
    form = [("token", login.tokens.refresh_token)]
    if "revocation" in login.context.asked and login.tokens.refresh_token:
        login.wire.send(Draft("POST", login.context.resource or "", form=form))


DEFECTS = (
    Defect(
        name="revocation-by-get",
        says="Tokens are given back by GET.",
        breaks=("rfc7009-2-client-uses-post",),
        edits=(replace(SEND, "send", send_by_get),),
    ),
    Defect(
        name="revoked-token-used",
        says="The access token is used after it was given back.",
        breaks=STOPS,
        edits=(replace("login", "revoke_when_asked", use_again),),
    ),
    Defect(
        name="revoked-refresh-token-used",
        says="A refresh token is used after it was given back.",
        breaks=STOPS,
        edits=(replace("login", "revoke_when_asked", refresh_again),),
    ),
    Defect(
        name="revocation-body-read",
        says="The body of an answer of 200 decides whether a token was revoked.",
        breaks=("rfc7009-2.2-client-ignores-body",),
        edits=(before(ANSWER, "forget_revoked_token", read_body),),
    ),
    Defect(
        name="busy-revocation-endpoint-hammered",
        says="After 503 the client asks again at once, and again.",
        breaks=("rfc7009-2.2.1-client-assumes-token-lives-on-503",),
        edits=(replace(SEND, "try_again_when_busy", hammer),),
    ),
    Defect(
        name="revocation-endpoint-from-token-response",
        says="The revocation endpoint is where a token response says.",
        breaks=("rfc7009-2-location-from-trustworthy-source", "rfc7009-5-client-uses-trustworthy-location"),
        edits=(before("login", "revoke_when_asked", use_named_endpoint),),
    ),
    Defect(
        name="revoked-token-told-to-resource",
        says="The resource is told which refresh token is over.",
        breaks=("rfc6749-1.5-refresh-token-kept-from-resources", "rfc6749-10.4-client-keeps-refresh-token"),
        edits=(before("login", "revoke_when_asked", tell_resource),),
    ),
    Defect(
        name="revocation-unauthenticated",
        says="A client with a secret gives tokens back without it.",
        breaks=("rfc7009-2.1-client-authenticates",),
        edits=(replace("client_authentication", "authenticate_by_basic", unless(revokes, authenticate_by_basic)),),
    ),
    Defect(
        name="revocation-by-token",
        says="Who gives a token back shows the access token for it.",
        breaks=("rfc7009-2.1-client-authenticates",),
        edits=(
            replace("client_authentication", "authenticate_by_basic", when(revokes, show_token, authenticate_by_basic)),
        ),
    ),
    Defect(
        name="revoked-token-by-another-name",
        says="The token that is given back has the name that it had when it was issued.",
        breaks=("rfc7009-2.1-client-sends-form-body",),
        edits=(replace("revocation.request", "put_token", put_token_by_kind),),
    ),
    Defect(
        name="revoked-token-in-uri",
        says="The token that is given back stands in the URI of a POST request.",
        breaks=("rfc7009-2.1-client-sends-form-body",),
        edits=(replace(SEND, "send", send_in_query),),
    ),
)
