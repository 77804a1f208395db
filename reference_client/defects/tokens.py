"""Mistakes with tokens that were issued: at the resource, in refresh requests (RFC 6749 section 6, RFC 6750)."""

from ..defect import Defect
from ..pipeline import Draft, Login, Refused, after, replace
from ..steps.sending import send
from ..steps.token import put_refresh_token
from ..steps.token_answer import take_refresh_token
from ..steps.whole import refresh, use_tokens

MANY = 10
RESOURCE, REFRESH, TOKENS = "resource.request", "refresh.request", "token.answer"
IN_QUERY = (
    "rfc6750-2.1-client-uses-header",
    "rfc6750-2.3-query-avoided",
    "rfc6750-2.3-client-sends-no-store",
    "rfc6750-5.3-tokens-not-in-page-urls",
)
ONE_METHOD = ("rfc6750-2-one-method-per-request",)
KEPT = ("rfc6749-1.5-refresh-token-kept-from-resources", "rfc6749-10.4-client-keeps-refresh-token")


def put_token_in_query(login: Login) -> None:
    """Where logs have it."""
    login.draft.query.append(("access_token", login.tokens.access_token))


def put_token_in_form(login: Login) -> None:
    """In a body that has nothing else to say."""
    login.draft.method = "POST"
    login.draft.form.append(("access_token", login.tokens.access_token))


def put_token_in_body_of_get(login: Login) -> None:
    """In the body of a request that has none."""
    login.draft.form.append(("access_token", login.tokens.access_token))


def put_token_as_said(login: Login) -> None:
    """With the scheme that the server called the type by."""
    login.draft.headers.append(("Authorization", f"{login.tokens.token_type.upper()}{login.tokens.access_token}"))


def put_refresh_token_beside(login: Login) -> None:
    """So that the resource can renew what has expired."""
    if login.tokens.refresh_token:
        login.draft.headers.append(("X-Refresh-Token", login.tokens.refresh_token))


def present_refresh_token(login: Login) -> None:
    """After a refused access token, the other one."""
    token = login.tokens.access_token
    if login.refreshes and login.tokens.refresh_token:
        token = login.tokens.refresh_token
    login.draft.headers.append(("Authorization", f"Bearer {token}"))


def try_refresh_token(login: Login) -> None:
    """A refused access token is replaced by the refresh token."""
    send(login)
    if login.reply.status == 401 and login.tokens.refresh_token:
        headers = [("Authorization", f"Bearer {login.tokens.refresh_token}")]
        login.wire.send(Draft("GET", login.draft.url, headers=headers))


def keep_old_refresh_token(login: Login) -> None:
    """The first one is the only one."""
    if not login.tokens.refresh_token:
        take_refresh_token(login)


def put_more_scope(login: Login) -> None:
    """A little more than was granted."""
    put_refresh_token(login)
    login.draft.form.append(("scope", f"{login.tokens.scope or login.context.scope or ''} admin".strip()))


def put_asked_scope(login: Login) -> None:
    """What was asked for, whatever was granted."""
    put_refresh_token(login)
    login.draft.form.append(("scope", login.context.scope or ""))


def refresh_once_more(login: Login) -> None:
    """The old refresh token is tried once more beside the new one."""
    old = login.tokens.refresh_token
    refresh(login)
    new = login.tokens.refresh_token
    login.tokens.refresh_token = old
    try:
        refresh(login)
    except Refused:
        login.tokens.refresh_token = new


def refresh_at_resource(login: Login) -> None:
    """Asks the resource for a new token."""
    form = [("grant_type", "refresh_token"), ("refresh_token", login.tokens.refresh_token)]
    login.wire.send(Draft("POST", login.context.resource or "", form=form))
    refresh(login)


def use_tokens_of_first(login: Login) -> None:
    """A token that is at hand is used at the next server's resource too."""
    first = login.client.memory.setdefault("access token", login.tokens.access_token)
    if first != login.tokens.access_token and login.context.resource:
        headers = [("Authorization", f"Bearer {first}")]
        login.wire.send(Draft("GET", login.context.resource, headers=headers))
    use_tokens(login)
    login.client.memory["access token"] = login.tokens.access_token


def put_token_with_more_in_form(login: Login) -> None:
    """Parameters are separated by a semicolon."""
    login.draft.method = "POST"
    login.draft.form.append(("access_token", f"{login.tokens.access_token};format=json"))


def put_token_with_more_in_query(login: Login) -> None:
    """Likewise in the URI."""
    login.draft.query.append(("access_token", f"{login.tokens.access_token};format=json"))


def send_until_taken(login: Login) -> None:
    """What is refused may be taken in the end."""
    send(login)
    for _ in range(MANY):
        if login.reply.status != 401:
            return
        send(login)


def tell_home_page(login: Login) -> None:
    """The token goes to the server's home page as well, for whoever counts visitors there."""
    send(login)
    login.wire.send(Draft("GET", f"{login.context.issuer}/", headers=list(login.draft.headers)))


DEFECTS = (
    Defect(
        name="token-in-query",
        says="The access token stands in the URI of the resource.",
        breaks=IN_QUERY,
        edits=(replace(RESOURCE, "put_token_in_header", put_token_in_query),),
    ),
    Defect(
        name="token-in-form",
        says="The access token is posted in a form.",
        breaks=("rfc6750-2.1-client-uses-header", "rfc6750-2.2-form-body-avoided"),
        edits=(replace(RESOURCE, "put_token_in_header", put_token_in_form),),
    ),
    Defect(
        name="token-in-body-of-get",
        says="The access token stands in the body of a GET request.",
        breaks=("rfc6750-2.1-client-uses-header", "rfc6750-2.2-form-body-avoided", "rfc6750-2.2-form-conditions"),
        edits=(replace(RESOURCE, "put_token_in_header", put_token_in_body_of_get),),
    ),
    Defect(
        name="token-in-header-and-query",
        says="The access token is sent in the header and in the URI.",
        breaks=(*ONE_METHOD, *IN_QUERY[1:]),
        edits=(after(RESOURCE, "put_token_in_header", put_token_in_query),),
    ),
    Defect(
        name="token-in-header-and-form",
        says="The access token is sent in the header and in a form.",
        breaks=(*ONE_METHOD, "rfc6750-2.2-form-body-avoided"),
        edits=(after(RESOURCE, "put_token_in_header", put_token_in_form),),
    ),
    Defect(
        name="token-without-scheme",
        says="The scheme and the token aren't separated in the Authorization header.",
        breaks=("rfc6749-7-client-presents-access-token",),
        edits=(replace(RESOURCE, "put_token_in_header", put_token_as_said),),
    ),
    Defect(
        name="refresh-token-beside-access-token",
        says="The resource gets the refresh token in a header of its own.",
        breaks=KEPT,
        edits=(after(RESOURCE, "put_token_in_header", put_refresh_token_beside),),
    ),
    Defect(
        name="refresh-token-at-resource-when-refused",
        says="Where the access token is refused, the refresh token is presented.",
        breaks=KEPT,
        edits=(replace("resource.send", "send", try_refresh_token),),
    ),
    Defect(
        name="refresh-token-at-resource-after-refresh",
        says="After a refresh the wrong one of the two tokens is presented.",
        breaks=KEPT,
        edits=(replace(RESOURCE, "put_token_in_header", present_refresh_token),),
    ),
    Defect(
        name="refresh-at-resource",
        says="The resource is asked to renew the token first.",
        breaks=KEPT,
        edits=(replace("refresh", "refresh", refresh_at_resource),),
    ),
    Defect(
        name="token-for-second-issuer",
        says="A token of one server is tried at the resource of another.",
        breaks=("rfc6750-5.3-client-keeps-tokens-from-others", "rfc8414-6.4-implementers-know-resources"),
        edits=(replace("login", "use_tokens", use_tokens_of_first),),
    ),
    Defect(
        name="old-refresh-token-kept",
        says="The first refresh token is used for ever.",
        breaks=("rfc6749-6-client-replaces-refresh-token",),
        edits=(replace(TOKENS, "take_refresh_token", keep_old_refresh_token),),
    ),
    Defect(
        name="old-refresh-token-tried-again",
        says="The old refresh token is used once more after a new one came.",
        breaks=("rfc6749-6-client-replaces-refresh-token",),
        edits=(replace("refresh", "refresh", refresh_once_more),),
    ),
    Defect(
        name="more-scope-asked-at-refresh",
        says="A refresh request asks for a scope that was never granted.",
        breaks=("rfc6749-6-client-asks-granted-scope",),
        edits=(replace(REFRESH, "put_refresh_token", put_more_scope),),
    ),
    Defect(
        name="asked-scope-at-refresh",
        says="A refresh request asks for what was asked for at first, even where less was granted.",
        breaks=("rfc6749-6-client-asks-granted-scope",),
        edits=(replace(REFRESH, "put_refresh_token", put_asked_scope),),
    ),
    Defect(
        name="token-and-more-in-form",
        says="In a form the token is separated from what follows by a semicolon.",
        breaks=("rfc6750-2.2-form-parameters-separated",),
        edits=(replace(RESOURCE, "put_token_in_header", put_token_with_more_in_form),),
    ),
    Defect(
        name="token-and-more-in-query",
        says="In the URI the token is separated from what follows by a semicolon.",
        breaks=("rfc6750-2.3-query-parameters-separated",),
        edits=(replace(RESOURCE, "put_token_in_header", put_token_with_more_in_query),),
    ),
    Defect(
        name="refused-token-presented-again",
        says="A refused token is presented again, and again.",
        breaks=("rfc7009-2.1-client-expects-sudden-invalidation",),
        edits=(replace("resource.send", "send", send_until_taken),),
    ),
    Defect(
        name="token-shown-to-home-page",
        says="The access token is sent along to another page of the server.",
        breaks=("rfc6749-10.3-client-keeps-access-token", "rfc6750-5.3-client-keeps-tokens-from-others"),
        edits=(replace("resource.send", "send", tell_home_page),),
    ),
)
