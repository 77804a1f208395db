"""Mistakes that a client makes on one occasion: at a refresh, a revocation, a second login, a second server."""

from ..defect import Defect
from ..pipeline import Draft, Login, Refused, after, replace
from ..steps.authorization_answer import check_issuer
from ..steps.client_authentication import authenticate_by_basic
from ..steps.resource import put_token_in_header
from ..steps.sending import send
from ..steps.whole import exchange_code, refresh, refresh_when_asked, use_tokens
from .conditions import Condition, by_grant, has_secret, nothing, refreshes, revokes, unless, when
from .pkce import announces_none, left_out_where
from .requests import put_both, put_secret_in_uri

AUTHENTICATION, ANSWER, SEND = "client_authentication", "authorization.answer", "token.send"
OCCASIONS: dict[str, Condition] = {
    "refresh": refreshes,
    "revocation": revokes,
    "client-credentials": by_grant("client_credentials"),
    "password": by_grant("password"),
}


def has_logged_in(login: Login) -> bool:
    """The client has exchanged a code before."""
    return "logged in" in login.client.memory


def note_login(login: Login) -> None:
    """Remembers that there was a login."""
    exchange_code(login)
    login.client.memory["logged in"] = "yes"


def put_token_in_query_once_refused(login: Login) -> None:
    """A resource that doesn't take the header may take the URI."""
    put_token_in_header(login)
    if login.refreshes:
        login.draft.headers.clear()
        login.draft.query.append(("access_token", login.tokens.access_token))


def put_token_twice_once_refused(login: Login) -> None:
    """Or both."""
    put_token_in_header(login)
    if login.refreshes:
        login.draft.query.append(("access_token", login.tokens.access_token))


def refresh_with_first(login: Login) -> None:
    """One refresh token for a user, whichever server it is from."""
    first = login.client.memory.setdefault("refresh token", login.tokens.refresh_token)
    if first != login.tokens.refresh_token:
        login.tokens.refresh_token = first
        try:
            refresh(login)
        except Refused:
            login.tokens.refresh_token = ""
    refresh_when_asked(login)


def use_latest_at_first(login: Login) -> None:
    """The latest token is used at the first server's resource."""
    first = login.client.memory.setdefault("resource", login.context.resource or "")
    use_tokens(login)
    if first != login.context.resource:
        headers = [("Authorization", f"Bearer {login.tokens.access_token}")]
        login.wire.send(Draft("GET", first, headers=headers))


def keep_first_endpoints(login: Login) -> None:
    """Metadata are asked for once, and kept under the name of the host."""
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        setattr(login, name, login.client.memory.setdefault(name, getattr(login, name)))


def send_again_when_broken(login: Login) -> None:
    """A server that broke down may be up again."""
    send(login)
    for _ in range(2):
        if login.reply.status < 500:
            return
        send(login)


DEFECTS = (
    *(
        Defect(
            name=f"authenticated-twice-at-{name}",
            says=f"The secret is sent by Basic and in the body, on one occasion: {name}.",
            breaks=("rfc6749-2.3-client-uses-one-method",),
            edits=(replace(AUTHENTICATION, "authenticate_by_basic", when(condition, put_both, authenticate_by_basic)),),
        )
        for name, condition in OCCASIONS.items()
    ),
    *(
        Defect(
            name=f"secret-in-uri-at-{name}",
            says=f"The secret stands in the URI, on one occasion: {name}.",
            breaks=("rfc6749-10.1-web-client-keeps-credentials",),
            edits=(after(AUTHENTICATION, "name_public_client", when(condition, put_secret_in_uri, nothing)),),
        )
        for name, condition in OCCASIONS.items()
    ),
    Defect(
        name="token-in-query-once-refused",
        says="Where the resource refused a token, the next one stands in its URI.",
        breaks=("rfc6750-2.3-query-avoided", "rfc9700-4.3.2-client-keeps-token-out-of-query"),
        edits=(replace("resource.request", "put_token_in_header", put_token_in_query_once_refused),),
    ),
    Defect(
        name="token-twice-once-refused",
        says="Where the resource refused a token, the next one stands in header and URI.",
        breaks=("rfc6750-2-one-method-per-request",),
        edits=(replace("resource.request", "put_token_in_header", put_token_twice_once_refused),),
    ),
    Defect(
        name="refresh-token-of-first-server-at-second",
        says="The refresh token of one server is tried at another.",
        breaks=("rfc6749-10.4-client-keeps-refresh-token",),
        edits=(replace("login", "refresh_when_asked", refresh_with_first),),
    ),
    Defect(
        name="token-of-second-server-at-first",
        says="The access token of a second server is used at the first one's resource.",
        breaks=("rfc6750-5.3-client-keeps-tokens-from-others", "rfc8414-6.4-implementers-know-resources"),
        edits=(replace("login", "use_tokens", use_latest_at_first),),
    ),
    Defect(
        name="metadata-kept-for-every-server",
        says="The endpoints of the first server are used for every other, too.",
        breaks=("rfc8414-3.3-client-uses-no-other",),
        edits=(after("metadata", "take_endpoints", keep_first_endpoints),),
    ),
    Defect(
        name="code-exchanged-again-after-breakdown",
        says="A code is sent again where the token endpoint broke down.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(replace(SEND, "send", send_again_when_broken),),
    ),
    Defect(
        name="issuer-checked-at-first-login-alone",
        says="From the second login on the issuer of an answer is not looked at.",
        breaks=("rfc9207-2.4-client-rejects-other-issuer",),
        edits=(
            replace("login", "exchange_code", note_login),
            replace(ANSWER, "check_issuer", unless(has_logged_in, check_issuer)),
        ),
    ),
    Defect(
        name="challenge-at-first-login-alone",
        says="From the second login on no challenge is sent.",
        breaks=("rfc7636-5-client-sends-to-all", "rfc8252-6-client-implements-pkce"),
        edits=(replace("login", "exchange_code", note_login), *left_out_where(has_logged_in)),
    ),
    Defect(
        name="challenge-of-public-client-if-announced",
        says="A client without a secret sends no challenge to a server that doesn't announce PKCE.",
        breaks=("rfc9700-2.1.1-public-client-uses-pkce",),
        edits=left_out_where(lambda login: not has_secret(login) and announces_none(login)),
    ),
)
