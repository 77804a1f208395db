"""Mistakes in authorization and token requests (RFC 6749 sections 2, 3, 4.1 and appendix B)."""

import json
from urllib.parse import quote_plus

from ..defect import Defect
from ..pipeline import Draft, Login, Refused, StartOver, after, before, remove, replace
from ..steps.authorization import browse, put_scope
from ..steps.authorization_answer import take_code
from ..steps.client_authentication import authenticate_by_basic, put_basic
from ..steps.metadata import choose_authentication
from ..steps.sending import send
from ..steps.token import put_code_grant, put_refresh_grant
from ..steps.token_answer import refuse_error
from ..steps.whole import exchange_code
from .conditions import form_value, has_secret, refreshes, replaced, when

REQUEST, AUTHENTICATION, SEND = "authorization.request", "client_authentication", "token.send"
ENCODING = ("rfc6749-B-client-escapes-values",)
CUT_AT = 64


def exchanges(login: Login) -> bool:
    """The request at hand exchanges a code."""
    return form_value(login, "grant_type") == "authorization_code"


def drop_query(login: Login) -> None:
    """Keeps the endpoint without its query."""
    login.draft.url = login.draft.url.partition("?")[0]


def browse_unescaped(login: Login) -> None:
    """Joins texts."""
    pairs = "&".join(f"{name}={value}" for name, value in login.draft.query)
    separator = "&" if "?" in login.draft.url else "?"
    login.answer_url = login.context.browse(f"{login.draft.url}{separator}{pairs}")


def browse_with_second_question_mark(login: Login) -> None:
    """Adds a query to what has one."""
    pairs = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in login.draft.query)
    login.answer_url = login.context.browse(f"{login.draft.url}?{pairs}")


def send_by_get(login: Login) -> None:
    """Everything in the URI."""
    login.draft.method, login.draft.query, login.draft.form = "GET", login.draft.form, []
    send(login)


def send_in_query(login: Login) -> None:
    """By POST, but everything in the URI."""
    login.draft.query, login.draft.form = login.draft.form, []
    send(login)


def send_as_json(login: Login) -> None:
    """As other APIs have it."""
    login.reply = login.wire.send_content(login.draft, json.dumps(dict(login.draft.form)), "application/json")


def send_twice(login: Login) -> None:
    """A proxy may have lost the first one."""
    send(login)
    first = login.reply
    login.reply = login.wire.send(login.draft)
    login.reply = first if first.status == 200 else login.reply


def exchange_until_it_works(login: Login) -> None:
    """Tries three times."""
    code = login.code
    for _ in range(2):
        try:
            login.code = code
            return exchange_code(login)
        except Refused:
            continue
    login.code = code
    return exchange_code(login)


def put_secret_in_uri(login: Login) -> None:
    """Once more, where it is easy to read."""
    if has_secret(login):
        login.draft.query.append(("client_secret", login.context.client_secret or ""))


def put_both(login: Login) -> None:
    """By Basic, and in the body to be sure."""
    authenticate_by_basic(login)
    if has_secret(login):
        login.draft.form.append(("client_id", login.context.client_id))
        login.draft.form.append(("client_secret", login.context.client_secret or ""))


def authenticate_unescaped(login: Login) -> None:
    """As user name and password are sent elsewhere."""
    if login.authentication == "client_secret_basic":
        put_basic(login, f"{login.context.client_id}:{login.context.client_secret}")


def prefer_body(login: Login) -> None:
    """The body, whatever the server takes."""
    choose_authentication(login)
    if login.authentication == "client_secret_basic":
        login.authentication = "client_secret_post"


def name_only(login: Login) -> None:
    """The identifier without the secret."""
    if has_secret(login):
        login.draft.form.append(("client_id", login.context.client_id))


def cut_code(login: Login) -> None:
    """The code stands in a short column."""
    take_code(login)
    login.code = login.code[:CUT_AT]


def cut_client_id(login: Login) -> None:
    """So does the identifier."""
    login.draft.query.append(("client_id", login.context.client_id[:CUT_AT]))


def other_redirect_uri(login: Login) -> None:
    """The registered one with a slash."""
    replaced(login, login.draft.form, "redirect_uri", form_value(login, "redirect_uri") + "/")


def fetch_first(login: Login) -> None:
    """Looks whether the server is there before it bothers anybody."""
    login.wire.send(Draft("GET", login.draft.url, query=login.draft.query))
    browse(login)


def start_over_unless_error_first(login: Login) -> None:
    """An error is expected at the beginning; anything else is a hiccup, after which one tries again."""
    if login.reply.status != 200 and next(iter(login.received), "") != "error":
        raise StartOver("the answer can't be read")
    refuse_error(login)


DEFECTS = (
    Defect(
        name="authorization-query-dropped",
        says="The query of the authorization endpoint gives way to the client's parameters.",
        breaks=("rfc6749-3.1-client-keeps-endpoint-query",),
        edits=(before(REQUEST, "put_response_type", drop_query),),
    ),
    Defect(
        name="authorization-query-begun-twice",
        says="A question mark is put in front of the parameters, whatever query is there.",
        breaks=("rfc6749-3.1-client-keeps-endpoint-query", "rfc6749-4.1.1-client-builds-query"),
        edits=(replace("authorization.visit", "browse", browse_with_second_question_mark),),
    ),
    Defect(
        name="authorization-request-unescaped",
        says="Parameters of the authorization request are joined as they are.",
        breaks=("rfc6749-4.1.1-client-builds-query", *ENCODING),
        edits=(replace("authorization.visit", "browse", browse_unescaped),),
    ),
    Defect(
        name="token-query-dropped",
        says="The query of the token endpoint is dropped.",
        breaks=("rfc6749-3.2-query-retained-by-client",),
        edits=(before(SEND, "send", drop_query),),
    ),
    Defect(
        name="token-request-by-get",
        says="Tokens are asked for by GET.",
        breaks=("rfc6749-3.2-client-uses-post", "rfc6749-4.1.3-client-sends-form-body"),
        edits=(replace(SEND, "send", send_by_get),),
    ),
    Defect(
        name="refresh-by-get",
        says="Tokens are refreshed by GET.",
        breaks=("rfc6749-3.2-client-uses-post", "rfc6749-6-client-refreshes-by-form"),
        edits=(replace(SEND, "send", when(refreshes, send_by_get, send)),),
    ),
    Defect(
        name="code-in-token-uri",
        says="The parameters of a code exchange stand in the URI, and the body is empty.",
        breaks=("rfc6749-4.1.3-client-sends-form-body",),
        edits=(replace(SEND, "send", when(exchanges, send_in_query, send)),),
    ),
    Defect(
        name="token-request-as-json",
        says="Token requests are JSON.",
        breaks=("rfc6749-4.1.3-client-sends-form-body",),
        edits=(replace(SEND, "send", send_as_json),),
    ),
    Defect(
        name="authorization-parameter-twice",
        says="The authorization request has its scope twice.",
        breaks=("rfc6749-3.1-client-repeats-no-parameter",),
        edits=(after(REQUEST, "put_scope", put_scope),),
    ),
    Defect(
        name="token-parameter-twice",
        says="Code exchanges name their grant twice.",
        breaks=("rfc6749-3.2-client-repeats-no-parameter",),
        edits=(after("code.request", "put_code_grant", put_code_grant),),
    ),
    Defect(
        name="refresh-parameter-twice",
        says="Refresh requests name their grant twice.",
        breaks=("rfc6749-3.2-client-repeats-no-parameter",),
        edits=(after("refresh.request", "put_refresh_grant", put_refresh_grant),),
    ),
    Defect(
        name="redirect-uri-left-out-of-exchange",
        says="The exchange doesn't repeat the redirection URI.",
        breaks=("rfc6749-4.1.3-client-repeats-redirect-uri",),
        edits=(remove("code.request", "put_redirect_uri"),),
    ),
    Defect(
        name="redirect-uri-with-slash-in-exchange",
        says="The exchange names a redirection URI that isn't quite the one of the request.",
        breaks=("rfc6749-4.1.3-client-repeats-redirect-uri",),
        edits=(after("code.request", "put_redirect_uri", other_redirect_uri),),
    ),
    Defect(
        name="code-exchanged-twice",
        says="Every code is exchanged twice.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(replace(SEND, "send", when(exchanges, send_twice, send)),),
    ),
    Defect(
        name="code-exchanged-until-it-works",
        says="A refused code is tried again.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(replace("login", "exchange_code", exchange_until_it_works),),
    ),
    Defect(
        name="secret-in-token-uri",
        says="The secret stands in the URI of the token request, too.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(after(AUTHENTICATION, "name_public_client", put_secret_in_uri),),
    ),
    Defect(
        name="secret-in-authorization-request",
        says="The secret goes through the user agent.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(after(REQUEST, "put_client_id", put_secret_in_uri),),
    ),
    Defect(
        name="authenticated-twice",
        says="The secret is sent by Basic and in the body.",
        breaks=("rfc6749-2.3-client-uses-one-method", "rfc6749-2.3.1-client-prefers-basic"),
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", put_both),),
    ),
    Defect(
        name="authenticated-in-body",
        says="The secret is sent in the body, where Basic would do.",
        breaks=("rfc6749-2.3.1-client-prefers-basic",),
        edits=(replace("metadata", "choose_authentication", prefer_body),),
    ),
    Defect(
        name="basic-unescaped",
        says="Identifier and secret are not encoded before they become user name and password.",
        breaks=ENCODING,
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", authenticate_unescaped),),
    ),
    Defect(
        name="exchange-without-secret",
        says="A client with a secret names itself and shows none.",
        breaks=("rfc6749-4.1.3-client-authenticates",),
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", when(exchanges, name_only, authenticate_by_basic)),),
    ),
    Defect(
        name="refresh-without-secret",
        says="A client with a secret refreshes without it.",
        breaks=("rfc6749-6-client-authenticates-to-refresh",),
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", when(refreshes, name_only, authenticate_by_basic)),),
    ),
    Defect(
        name="public-client-nameless",
        says="A public client doesn't say who it is when it exchanges a code.",
        breaks=("rfc6749-3.2.1-client-sends-client-id",),
        edits=(remove(AUTHENTICATION, "name_public_client"),),
        on="public-client",
    ),
    Defect(
        name="code-cut",
        says="Of a code the first 64 characters are kept.",
        breaks=("rfc6749-4.1.2-client-assumes-no-code-size",),
        edits=(replace("authorization.answer", "take_code", cut_code),),
    ),
    Defect(
        name="client-id-cut",
        says="Of the client identifier the first 64 characters are kept.",
        breaks=("rfc6749-2.2-identifier-size-not-assumed",),
        edits=(replace(REQUEST, "put_client_id", cut_client_id),),
    ),
    Defect(
        name="authorization-request-fetched",
        says="The client asks the authorization endpoint itself before it opens the browser.",
        breaks=("rfc6749-4.1.1-client-directs-user-agent",),
        edits=(replace("authorization.visit", "browse", fetch_first),),
    ),
    Defect(
        name="error-expected-first",
        says="An error response that doesn't begin with the error is taken for a hiccup: the client starts over.",
        breaks=("rfc6749-5.2-error-order-irrelevant",),
        edits=(replace("token.answer", "refuse_error", start_over_unless_error_first),),
    ),
    Defect(
        name="redirect-uri-in-the-clear",
        says="The redirection URI leads over a network without TLS.",
        breaks=("rfc6749-3.1.2.1-redirection-endpoint-uses-tls", "rfc6749-10.5-client-redirect-uri-over-tls"),
        edits=(),
        profile={"registration": {"redirect_uri": "http://client.example/callback"}},
    ),
)
