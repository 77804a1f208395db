"""Breaches of RFC 6749 sections 5 and 5.1: successful answers of the token endpoint."""

from ..defect import Defect
from ..pipeline import Call, Edit, Response, Step, after, before, remove, replace
from ..secrets import random_value
from ..steps.token_response import json_response, make_refresh_token, put_scope


def in_answer(change: Step) -> tuple[Edit, ...]:
    """A change of the answer's members before they are rendered."""
    return (before("token.response", "render_json", change),)


def render_created(call: Call) -> Response:
    """Answers as a REST collection answers a POST."""
    return json_response(call, 201)


def render_as_text(call: Call) -> Response:
    """Leaves the framework's default media type."""
    response = json_response(call)
    response.put("Content-Type", "text/html; charset=utf-8")
    return response


def call_token_otherwise(call: Call) -> None:
    """Hands the extension's token out under a name of its own."""
    if call.grant_type == "extension":
        call.answer["token"] = call.answer.pop("access_token")


def forget_lifetime_of_refreshed(call: Call) -> None:
    """Tells the lifetime with the first token only."""
    if call.grant_type == "refresh_token":
        del call.answer["expires_in"]


def count_minutes(call: Call) -> None:
    """Announces minutes for seconds: the token lives sixty times as long."""
    call.answer["expires_in"] //= 60


def count_milliseconds(call: Call) -> None:
    """Announces milliseconds for seconds: the token dies long before."""
    call.answer["expires_in"] *= 1000


def forget_to_store_refresh_token(call: Call) -> None:
    """Makes a refresh token for a code, and never writes it down."""
    if call.grant_type == "authorization_code":
        call.refresh_token = random_value()
    else:
        make_refresh_token(call)


def separate_by_semicolons(call: Call) -> None:
    """Writes the header as it is written for other fields."""
    call.response.put("Cache-Control", "private; no-store; max-age=0")


def tell_old_caches_no_store(call: Call) -> None:
    """Says to old caches what it says to new ones."""
    call.response.put("Pragma", "no-store")


def drop_unknown_scope(call: Call) -> None:
    """Goes on with those scopes that it knows."""
    settings = call.server.settings
    call.scope = tuple(name for name in call.scope if name in {*settings.user_scopes, *settings.app_scopes})


def echo_scope(call: Call) -> None:
    """Tells what was asked for, not what was granted."""
    asked = call.parameters.get("scope")
    if asked is not None:
        call.answer["scope"] = asked


def separate_scopes_by_comma(call: Call) -> None:
    """Writes the list as other APIs do."""
    call.answer["scope"] = ",".join(call.scope)


def list_scopes(call: Call) -> None:
    """Writes the scope as a JSON array."""
    call.answer["scope"] = list(call.scope)


def nest_lifetime(call: Call) -> None:
    """Puts the details of a token into an object of their own."""
    if call.grant_type == "password":
        call.answer["details"] = {"expires_in": call.answer.pop("expires_in")}


def tell_scope_of_owners(call: Call) -> None:
    """Takes the scope for a matter of resource owners, and tells apps nothing."""
    if call.grant_type != "client_credentials":
        put_scope(call)


def quote_lifetime(call: Call) -> None:
    """Makes a string of the number."""
    call.answer["expires_in"] = str(call.answer["expires_in"])


SILENT_SCOPE = (
    replace("scope", "refuse_unknown_scope", drop_unknown_scope),
    replace("token.response", "put_scope", tell_scope_of_owners),
)
ECHOED_SCOPE = (
    replace("scope", "refuse_unknown_scope", drop_unknown_scope),
    after("token.response", "put_scope", echo_scope),
)

DEFECTS = (
    Defect(
        name="token-response-201",
        says="Tokens are answered with status 201.",
        breaks=("rfc6749-5.1-success-status-200",),
        edits=(replace("token.response", "render_json", render_created),),
    ),
    Defect(
        name="token-under-another-name",
        says="The extension grant's answer calls its access token `token`.",
        breaks=("rfc6749-5.1-access-token-present", "rfc6749-5-valid-request-gets-token"),
        edits=in_answer(call_token_otherwise),
    ),
    Defect(
        name="no-token-type",
        says="Token responses lack `token_type`.",
        breaks=("rfc6749-5.1-token-type-present",),
        edits=(remove("token.response", "put_token_type"),),
    ),
    Defect(
        name="no-lifetime-after-refresh",
        says="The answer to a refresh lacks `expires_in`.",
        breaks=("rfc6749-5.1-expires-in-present",),
        edits=in_answer(forget_lifetime_of_refreshed),
    ),
    Defect(
        name="lifetime-in-minutes",
        says="`expires_in` counts minutes.",
        breaks=("rfc6749-5.1-expires-in-counts-seconds",),
        edits=in_answer(count_minutes),
    ),
    Defect(
        name="lifetime-in-milliseconds",
        says="`expires_in` counts milliseconds.",
        breaks=("rfc6749-5.1-expires-in-counts-seconds",),
        edits=in_answer(count_milliseconds),
    ),
    Defect(
        name="refresh-token-of-code-unknown",
        says="The refresh token that comes for a code is never stored.",
        breaks=("rfc6749-5.1-refresh-token-redeemable",),
        edits=(replace("issue", "make_refresh_token", forget_to_store_refresh_token),),
    ),
    Defect(
        name="scope-dropped-silently",
        says="Unknown scopes are dropped, and apps are not told.",
        breaks=("rfc6749-5.1-scope-present-when-different",),
        edits=SILENT_SCOPE,
    ),
    Defect(
        name="scope-echoed",
        says="Unknown scopes are dropped, and the token response repeats the request's scope.",
        breaks=("rfc6749-5.1-scope-names-granted-scope",),
        edits=ECHOED_SCOPE,
    ),
    Defect(
        name="scope-with-commas",
        says="The scope of a token response is separated by commas.",
        breaks=("rfc6749-5.1-scope-names-granted-scope",),
        edits=(replace("token.response", "put_scope", separate_scopes_by_comma),),
    ),
    Defect(
        name="scope-as-array",
        says="The scope of a token response is a JSON array.",
        breaks=("rfc6749-5.1-success-strings-as-strings",),
        edits=(replace("token.response", "put_scope", list_scopes),),
    ),
    Defect(
        name="token-response-as-html",
        says="Token responses are JSON by content and text/html by name.",
        breaks=("rfc6749-5.1-success-media-type-json",),
        edits=(replace("token.response", "render_json", render_as_text),),
    ),
    Defect(
        name="lifetime-nested",
        says="The `expires_in` of a password grant's answer stands in an object below the top level.",
        breaks=("rfc6749-5.1-expires-in-present", "rfc6749-5.1-success-top-level-members"),
        edits=in_answer(nest_lifetime),
    ),
    Defect(
        name="lifetime-as-string",
        says="`expires_in` is a JSON string.",
        breaks=("rfc6749-5.1-success-numbers-as-numbers",),
        edits=in_answer(quote_lifetime),
    ),
    Defect(
        name="cacheable-token-response",
        says="The token endpoint's answers lack Cache-Control.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(remove("token.finish", "forbid_caching"),),
    ),
    Defect(
        name="cacheable-token-response-for-old-caches",
        says="The token endpoint's answers lack Pragma.",
        breaks=("rfc6749-5.1-token-response-pragma-no-cache",),
        edits=(remove("token.finish", "forbid_old_caching"),),
    ),
    Defect(
        name="cache-directives-behind-semicolons",
        says="The token endpoint's Cache-Control lists its directives with semicolons: no cache finds no-store there.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(replace("token.finish", "forbid_caching", separate_by_semicolons),),
    ),
    Defect(
        name="old-caches-told-no-store",
        says="The token endpoint's Pragma says no-store, which caches of HTTP/1.0 don't know.",
        breaks=("rfc6749-5.1-token-response-pragma-no-cache",),
        edits=(replace("token.finish", "forbid_old_caching", tell_old_caches_no_store),),
    ),
)
