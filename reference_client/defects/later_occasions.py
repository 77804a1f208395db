"""Mistakes that the first login of a client doesn't show: at the second one, at another server, by another grant."""

from ..defect import Defect
from ..pipeline import after, before, named, replace
from ..steps.authorization import put_scope
from ..steps.sending import send
from ..steps.token import put_redirect_uri
from ..steps.token import put_scope as put_scope_in_form
from .conditions import (
    at_other_server,
    nothing,
    refreshes,
    unless,
    when,
)
from .later_steps import (
    ANSWER,
    AUTHENTICATION,
    BODIES,
    GRANTS,
    LATER,
    REQUEST,
    RESOURCE,
    SEND,
    ask_for_token_too,
    asked,
    authenticated,
    carried,
    check_spelling_at_refresh,
    count_login,
    cut_verifier,
    exchange_again_once_refused,
    expect_token_first_at_refresh,
    is_public,
    is_second,
    keep_code,
    keep_token,
    put_access_token,
    put_in_body,
    put_token_of_before,
    refuse_unknown_at_refresh,
    revoke_by_uri_when_busy,
    send_code_again,
    send_without_query,
    show_first_secret,
    show_refresh_token,
    show_secret,
)
from .occasions import has_logged_in
from .pkce import plain_where
from .requests import (
    authenticate_unescaped,
    exchanges,
    name_only,
    put_both,
    put_secret_in_uri,
    send_by_get,
)
from .tokens import put_token_in_form, put_token_in_query

OCCASIONS = {
    "second-login": is_second,
    "second-server": at_other_server,
    "client-credentials": asked("client_credentials"),
    "password": asked("password"),
}
DEFECTS = (
    Defect(
        name="challenge-plain-at-second-login",
        says="From the second login on the challenge is the verifier.",
        breaks=("rfc7636-4.2-client-uses-s256",),
        edits=(
            *LATER,
            *plain_where(has_logged_in),
        ),
    ),
    Defect(
        name="challenge-plain-at-second-server",
        says="At a second server the challenge is the verifier.",
        breaks=("rfc7636-4.2-client-uses-s256",),
        edits=(*plain_where(at_other_server),),
    ),
    Defect(
        name="challenge-plain-of-public-client",
        says="A client without a secret sends the verifier as the challenge.",
        breaks=("rfc7636-4.2-client-uses-s256",),
        edits=(*plain_where(is_public),),
    ),
    Defect(
        name="verifier-short-at-second-login",
        says="From the second login on the verifier has 38 characters.",
        breaks=("rfc7636-4.1-client-creates-verifier",),
        edits=(
            *LATER,
            after(REQUEST, "make_verifier", cut_verifier),
        ),
    ),
    Defect(
        name="scope-twice-at-second-login",
        says="From the second login on the authorization request has its scope twice.",
        breaks=("rfc6749-3.1-client-repeats-no-parameter",),
        edits=(
            *LATER,
            after(REQUEST, "put_scope", when(has_logged_in, put_scope, nothing)),
        ),
    ),
    Defect(
        name="token-asked-for-at-second-login",
        says="From the second login on a token is asked for beside the code.",
        breaks=("rfc9700-2.1.2-client-avoids-implicit",),
        edits=(
            *LATER,
            replace(REQUEST, "put_response_type", ask_for_token_too),
        ),
    ),
    Defect(
        name="secret-in-authorization-request-at-second-login",
        says="From the second login on the secret goes through the user agent.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(
            *LATER,
            after(REQUEST, "put_client_id", when(has_logged_in, put_secret_in_uri, nothing)),
        ),
    ),
    Defect(
        name="secret-in-authorization-request-at-second-server",
        says="At a second server the secret goes through the user agent.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(after(REQUEST, "put_client_id", when(at_other_server, put_secret_in_uri, nothing)),),
    ),
    Defect(
        name="secret-of-first-server-told-to-second",
        says="A second server is told the secret for the first one.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(after(AUTHENTICATION, "name_public_client", show_first_secret),),
    ),
    Defect(
        name="secret-told-to-resource-at-second-login",
        says="From the second login on the resource is told the client's secret.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(
            after("login", "learn_server", count_login),
            after(RESOURCE, "put_token_in_header", when(is_second, show_secret, nothing)),
        ),
    ),
    Defect(
        name="authenticated-twice-at-second-login",
        says="From the second login on the secret is sent by Basic and in the body.",
        breaks=("rfc6749-2.3-client-uses-one-method",),
        edits=(
            *LATER,
            authenticated(put_both, has_logged_in),
        ),
    ),
    Defect(
        name="authenticated-twice-at-second-server",
        says="At a second server the secret is sent by Basic and in the body.",
        breaks=("rfc6749-2.3-client-uses-one-method",),
        edits=(authenticated(put_both, at_other_server),),
    ),
    Defect(
        name="code-exchanged-again-at-refresh",
        says="A code is sent again before the token is refreshed.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(
            before("code.request", "put_code", keep_code),
            before("refresh.request", "put_refresh_grant", send_code_again),
        ),
    ),
    Defect(
        name="code-exchanged-again-at-second-login",
        says="A second login begins with the code of the first one.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(
            before("code.request", "put_code", keep_code),
            before(REQUEST, "put_client_id", send_code_again),
        ),
    ),
    Defect(
        name="code-exchanged-again-at-revocation",
        says="A code is sent again before the token is given back.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(
            before("code.request", "put_code", keep_code),
            before("revocation.request", "put_token", send_code_again),
        ),
    ),
    Defect(
        name="code-exchanged-again-once-refused",
        says="A code is sent again where the resource refuses its token.",
        breaks=("rfc6749-4.1.2-client-uses-code-once",),
        edits=(
            before("code.request", "put_code", keep_code),
            after("resource.answer", "note_refused_token", exchange_again_once_refused),
        ),
    ),
    *(
        Defect(
            name=f"authenticated-in-body-at-{name}",
            says=f"The secret is sent in the body, where Basic would do, on one occasion: {name}.",
            breaks=("rfc6749-2.3.1-client-prefers-basic",),
            edits=(authenticated(put_in_body, condition),),
        )
        for name, condition in BODIES.items()
    ),
    Defect(
        name="authenticated-in-body-at-second-login",
        says="From the second login on the secret is sent in the body.",
        breaks=("rfc6749-2.3.1-client-prefers-basic",),
        edits=(
            *LATER,
            authenticated(put_in_body, has_logged_in),
        ),
    ),
    *(
        Defect(
            name=f"{name}-by-get",
            says=f"A token is asked for by GET, by one grant: {name}.",
            breaks=("rfc6749-3.2-client-uses-post",),
            edits=(replace(SEND, "send", when(condition, send_by_get, send)),),
        )
        for name, condition in GRANTS.items()
    ),
    *(
        Defect(
            name=f"scope-twice-at-{name}",
            says=f"A token request has its scope twice, by one grant: {name}.",
            breaks=("rfc6749-3.2-client-repeats-no-parameter",),
            edits=(after(AUTHENTICATION, "name_public_client", when(condition, put_scope_in_form, nothing)),),
        )
        for name, condition in GRANTS.items()
    ),
    Defect(
        name="redirect-uri-twice-at-second-login",
        says="From the second login on the exchange names the redirection URI twice.",
        breaks=("rfc6749-3.2-client-repeats-no-parameter",),
        edits=(
            *LATER,
            after("code.request", "put_redirect_uri", when(has_logged_in, put_redirect_uri, nothing)),
        ),
    ),
    Defect(
        name="token-query-dropped-at-refresh",
        says="The query of the token endpoint is dropped where tokens are refreshed.",
        breaks=("rfc6749-3.2-query-retained-by-client",),
        edits=(replace(SEND, "send", send_without_query),),
    ),
    Defect(
        name="basic-unescaped-at-refresh",
        says="Where tokens are refreshed, identifier and secret are not encoded.",
        breaks=("rfc6749-B-client-escapes-values",),
        edits=(authenticated(authenticate_unescaped, refreshes),),
    ),
    Defect(
        name="exchange-without-secret-at-second-login",
        says="From the second login on a code is exchanged without the secret.",
        breaks=("rfc6749-4.1.3-client-authenticates",),
        edits=(
            *LATER,
            authenticated(name_only, lambda login: has_logged_in(login) and exchanges(login)),
        ),
    ),
    Defect(
        name="redirect-uri-left-out-at-second-login",
        says="From the second login on the exchange doesn't repeat the redirection URI.",
        breaks=("rfc6749-4.1.3-client-repeats-redirect-uri",),
        edits=(
            *LATER,
            replace("code.request", "put_redirect_uri", unless(has_logged_in, put_redirect_uri)),
        ),
    ),
    Defect(
        name="unknown-members-fatal-at-refresh",
        says="The answer to a refresh with a member that the client doesn't know is refused.",
        breaks=("rfc6749-5.1-unknown-members-ignored",),
        edits=(before(ANSWER, "require_access_token", refuse_unknown_at_refresh),),
    ),
    Defect(
        name="token-expected-first-at-refresh",
        says="The answer to a refresh has to begin with the access token.",
        breaks=("rfc6749-5.1-success-order-irrelevant",),
        edits=(before(ANSWER, "require_access_token", expect_token_first_at_refresh),),
    ),
    Defect(
        name="token-type-in-one-spelling-at-refresh",
        says="In the answer to a refresh `Bearer` is known, other spellings are not.",
        breaks=("rfc6749-5.1-token-type-ignores-case",),
        edits=(replace(ANSWER, "check_token_type", check_spelling_at_refresh),),
    ),
    *(
        Defect(
            name=f"token-in-query-at-{name}",
            says=f"The access token stands in the URI of the resource, on one occasion: {name}.",
            breaks=("rfc6750-2.3-query-avoided", "rfc6750-5.3-tokens-not-in-page-urls"),
            edits=(after("login", "learn_server", count_login), carried(put_token_in_query, condition)),
        )
        for name, condition in OCCASIONS.items()
    ),
    Defect(
        name="token-in-form-at-second-server",
        says="At a second server the access token is posted in a form.",
        breaks=("rfc6750-2.2-form-body-avoided",),
        edits=(carried(put_token_in_form, at_other_server),),
    ),
    *(
        Defect(
            name=f"token-in-two-ways-at-{name}",
            says=f"The access token is sent in the header and in the URI, on one occasion: {name}.",
            breaks=("rfc6750-2-one-method-per-request",),
            edits=(
                after("login", "learn_server", count_login),
                after(RESOURCE, "put_token_in_header", when(condition, put_token_in_query, nothing)),
            ),
        )
        for name, condition in OCCASIONS.items()
    ),
    Defect(
        name="refresh-token-beside-access-token-at-second-login",
        says="From the second login on the resource gets the refresh token in a header of its own.",
        breaks=("rfc6749-10.4-client-keeps-refresh-token",),
        edits=(
            after("login", "learn_server", count_login),
            after(RESOURCE, "put_token_in_header", when(is_second, show_refresh_token, nothing)),
        ),
    ),
    Defect(
        name="access-token-as-hint-at-second-login",
        says="A second authorization request names the token of the first login.",
        breaks=("rfc6749-10.3-client-keeps-access-token", "rfc6750-5.3-client-keeps-tokens-from-others"),
        edits=(
            after("login", "use_tokens", keep_token),
            after(REQUEST, "put_client_id", put_token_of_before),
        ),
    ),
    Defect(
        name="access-token-shown-at-refresh",
        says="A refresh request has the access token beside the refresh token.",
        breaks=("rfc6749-10.3-client-keeps-access-token", "rfc6750-5.3-client-keeps-tokens-from-others"),
        edits=(before(SEND, "require_https", put_access_token),),
    ),
    Defect(
        name="revoked-token-in-uri-when-busy",
        says="After 503 the token that is given back stands in the URI.",
        breaks=("rfc7009-2.1-client-sends-form-body",),
        edits=(
            replace("revocation.send", "try_again_when_busy", named("try_again_when_busy", revoke_by_uri_when_busy)),
        ),
    ),
)
