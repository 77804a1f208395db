"""Breaches of RFC 6749 section 4.2.2: what a granted implicit request is answered with."""

import html
from urllib.parse import quote, urlencode

from ..defect import Defect
from ..pipeline import Call, Response, after, remove, replace
from ..secrets import random_value
from ..steps import scope
from ..steps.authorization_response import redirect, redirect_with_query
from ..steps.token_response import access_token_lifetime, put_scope
from .conditions import asks_for_token, when

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def redirect_with_both(call: Call) -> Response:
    """Serves clients that read the query as well."""
    parameters = urlencode(call.answer)
    separator = "&" if "?" in (call.redirect_uri or "") else "?"
    return redirect(call, f"{call.redirect_uri}{separator}{parameters}#{parameters}")


def redirect_unencoded(call: Call) -> Response:
    """Joins names and values as they are; only what a header can't hold is escaped."""
    text = "&".join(f"{name}={value}" for name, value in call.answer.items())
    return redirect(call, f"{call.redirect_uri}#{quote(text, safe=PRINTABLE)}")


def redirect_by_what_is_there(call: Call) -> Response:
    """Goes on with the query where the redirection URI has one."""
    if "?" in (call.redirect_uri or ""):
        return redirect_with_query(call)
    return redirect(call, f"{call.redirect_uri}#{urlencode(call.answer)}")


def put_empty_access_token(call: Call) -> None:
    """Leaves the token to a later request that nobody makes."""
    call.answer["access_token"] = ""


def put_fraction(call: Call) -> None:
    """Divides milliseconds."""
    call.answer["expires_in"] = access_token_lifetime(call) * 1000 / 1000


def make_lasting_token(call: Call) -> None:
    """Makes tokens for browsers live twice as long as they are told to."""
    call.access_token = random_value()
    lifetime = 2 * access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def drop_unknown_scope(call: Call) -> None:
    """Leaves out the names that it doesn't know."""
    settings = call.server.settings
    call.scope = tuple(name for name in call.scope if name in settings.user_scopes) or (settings.default_user_scope,)


def put_scope_of_client(call: Call) -> None:
    """Tells what is registered instead of what is granted."""
    call.answer["scope"] = " ".join(call.client.scopes)


def put_scope_asked_for(call: Call) -> None:
    """Repeats what was asked for, which is nothing where the default is granted."""
    if call.parameters.get("scope"):
        put_scope(call)


def put_escaped_state(call: Call) -> None:
    """Escapes for a page what goes into a URI."""
    if call.state is not None:
        call.answer["state"] = html.escape(call.state)


def put_new_refresh_token(call: Call) -> None:
    """Answers as the token endpoint does."""
    value = random_value()
    lifetime = call.server.settings.refresh_token_lifetime
    call.server.store.add_token(value, "refresh_token", call.grant, call.scope, lifetime)
    call.answer["refresh_token"] = value


DEFECTS = (
    Defect(
        name="implicit-token-in-query-too",
        says="The parameters of a granted implicit request stand in the query as well as in the fragment.",
        breaks=("rfc6749-4.2.2-token-in-the-fragment",),
        edits=(replace("authorization.implicit_response", "redirect_with_fragment", redirect_with_both),),
    ),
    Defect(
        name="implicit-fragment-unencoded",
        says="The fragment of a granted implicit request is put together without encoding.",
        breaks=("rfc6749-4.2.2-fragment-form-encoded", "rfc6749-4.2.2-state-exact"),
        edits=(replace("authorization.implicit_response", "redirect_with_fragment", redirect_unencoded),),
    ),
    Defect(
        name="implicit-fragment-or-query",
        says="Where the redirection URI has a query, a granted implicit request is answered there, without a fragment.",
        breaks=("rfc6749-4.2.2-fragment-survives-the-redirect",),
        edits=(replace("authorization.implicit_response", "redirect_with_fragment", redirect_by_what_is_there),),
    ),
    Defect(
        name="implicit-without-access-token",
        says="The access_token of a granted implicit request is empty.",
        breaks=("rfc6749-4.2.2-access-token-required",),
        edits=(replace("authorization.implicit_response", "put_access_token", put_empty_access_token),),
        blocks=("rfc6749-4.2.2-expires-in-holds",),
    ),
    Defect(
        name="implicit-without-token-type",
        says="A granted implicit request brings no token_type.",
        breaks=("rfc6749-4.2.2-token-type-required",),
        edits=(remove("authorization.implicit_response", "put_token_type"),),
    ),
    Defect(
        name="implicit-without-lifetime",
        says="A granted implicit request brings no expires_in.",
        breaks=("rfc6749-4.2.2-expires-in-included",),
        edits=(remove("authorization.implicit_response", "put_expires_in"),),
    ),
    Defect(
        name="implicit-fractional-lifetime",
        says="The expires_in of a granted implicit request has a decimal point.",
        breaks=("rfc6749-4.2.2-expires-in-whole-seconds",),
        edits=(replace("authorization.implicit_response", "put_expires_in", put_fraction),),
    ),
    Defect(
        name="implicit-token-outlives-its-time",
        says="Access tokens of the implicit grant live longer than their expires_in tells.",
        breaks=("rfc6749-4.2.2-expires-in-holds",),
        edits=(replace("authorization.implicit_response", "make_access_token", make_lasting_token),),
    ),
    Defect(
        name="implicit-default-scope-untold",
        says="An implicit request without scope gets the default one, and the answer doesn't tell.",
        breaks=("rfc6749-4.2.2-scope-required-when-different",),
        edits=(replace("authorization.implicit_response", "put_scope", put_scope_asked_for),),
    ),
    Defect(
        name="implicit-scope-shrinks-silently",
        says="Unknown scopes are dropped from an implicit request, and the answer doesn't tell.",
        breaks=("rfc6749-4.2.2-scope-required-when-different",),
        edits=(
            replace(
                "scope", "refuse_unknown_scope", when(asks_for_token, drop_unknown_scope, scope.refuse_unknown_scope)
            ),
            remove("authorization.implicit_response", "put_scope"),
        ),
    ),
    Defect(
        name="implicit-scope-of-client-told",
        says="The scope in an implicit answer is the client's registered one, not the token's.",
        breaks=("rfc6749-4.2.2-scope-is-the-tokens",),
        edits=(replace("authorization.implicit_response", "put_scope", put_scope_of_client),),
    ),
    Defect(
        name="implicit-forgets-state",
        says="A granted implicit request brings no state.",
        breaks=(
            "rfc6749-4.2.1-state-comes-back",
            "rfc6749-4.2.2-state-required",
            "rfc6749-4.2.2-state-exact",
        ),
        edits=(remove("authorization.implicit_response", "put_state"),),
    ),
    Defect(
        name="implicit-escaped-state",
        says="The state of a granted implicit request comes back escaped for HTML.",
        breaks=("rfc6749-4.2.2-state-exact", "rfc6749-4.2.2-fragment-form-encoded"),
        edits=(replace("authorization.implicit_response", "put_state", put_escaped_state),),
    ),
    Defect(
        name="implicit-refresh-token",
        says="A granted implicit request brings a refresh token.",
        breaks=("rfc6749-4.2.2-no-refresh-token",),
        edits=(after("authorization.implicit_response", "put_access_token", put_new_refresh_token),),
    ),
)
