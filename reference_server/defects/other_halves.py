"""Breaches of RFC 7009, RFC 7662 and RFC 7636 whose like exists for the other kind of token, caller or answer."""

from base64 import b64decode
from urllib.parse import unquote_plus

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, replace
from ..steps.introspection import answer_inactive, authorize_caller, put_active, put_username
from ..steps.token_response import json_response
from ..variants.revocation import allow_origin, call_back, callback_of
from .revocation_cross_origin import CORS, JSONP
from .revocation_request import search_only

TEN_YEARS = 315_360_000


def refuse_access_token_hint(call: Call) -> None:
    """Knows what access tokens are without being told."""
    if call.parameters.get("token_type_hint") == "access_token":
        raise OAuthError("unsupported_token_type", "The token type is not supported.")


def put_code_of_login(call: Call) -> None:
    """Has the code of its sign-in page."""
    if call.error.error == "invalid_client":
        call.answer["error"] = "login_failed"


def repeat_all(call: Call) -> None:
    """Repeats everything that was sent, under its name."""
    sent = [f"{name}={value}" for name, value in call.parameters.pairs if name not in ("token", "client_secret")]
    call.answer["error_description"] = "; ".join(sent)


def point_to_search(call: Call) -> None:
    """Has its code in quotes, and an address that searches for it."""
    call.answer["error_uri"] = f"https://reference.example/search?q={call.answer['error']} error"
    call.answer["error"] = f'"{call.answer["error"]}"'


def allow_origin_of_errors(call: Call) -> None:
    """Sets the header where errors are made."""
    if call.response.status >= 400:
        allow_origin(call)


def call_in_capitals(call: Call) -> None:
    """Calls plain names as constants are written."""
    callback = callback_of(call)
    call_back(call)
    if callback is not None and "." not in callback and call.response.status == 200:
        call.response.body = call.response.body.replace(callback.encode(), callback.upper().encode(), 1)


# Introspection


async def tell_strangers_what_is_unknown(call: Call) -> Response | None:
    """Looks for the token first, and answers at once where there is none."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    nobody = not call.header_values(b"authorization") and call.parameters.get("client_secret") is None
    if token is None and nobody:
        call.answer = {"active": False, "issued": False}
        return json_response(call)
    return await authorize_caller(call)


async def believe_secret_in_header(call: Call) -> Response | None:
    """Checks secrets in the body, and forgets those in the header."""
    scheme, _, credentials = (call.header(b"authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return await authorize_caller(call)
    client = call.server.accounts.clients.get(unquote_plus(b64decode(credentials).decode().partition(":")[0]))
    if client is None or not client.confidential:
        return await authorize_caller(call)
    call.client = client
    return None


def answer_unknown_with_list(call: Call) -> Response | None:
    """Lists what it has found: nothing."""
    if call.token is None:
        return Response(200, b"[]", [("Content-Type", "application/json")])
    return answer_inactive(call)


def put_active_as_text(call: Call) -> None:
    """Writes the boolean as text."""
    put_active(call)
    call.answer["active"] = "true"


def put_number_for_apps(call: Call) -> None:
    """Has a number where there is no user."""
    put_username(call)
    call.answer.setdefault("username", 0)


def keep_fresh_for_years(call: Call) -> None:
    """Lets caches keep what is alive for ten years."""
    if b'"active": true' in call.response.body:
        call.response.put("Cache-Control", f"max-age={TEN_YEARS}")


def refuse_verifier(call: Call) -> None:
    """Refuses what it doesn't know."""
    if call.parameters.get("code_verifier") is not None:
        raise OAuthError("invalid_request", "The code_verifier parameter is unknown.")


DEFECTS = (
    Defect(
        name="revocation-access-token-hint-mistaken",
        says="With the hint access_token no token is found but a refresh token.",
        breaks=("rfc7009-2.1-matching-hint-accepted",),
        edits=(after("revocation", "find_token", search_only("access_token", "refresh_token")),),
    ),
    Defect(
        name="revocation-access-token-hint-refused",
        says="Revocation refuses the hint access_token.",
        breaks=("rfc7009-2.1-defined-hint-values-understood",),
        edits=(before("revocation", "find_token", refuse_access_token_hint),),
    ),
    Defect(
        name="revocation-failed-login",
        says="Failed client authentication at revocation has an error code of its own.",
        breaks=("rfc7009-2.2.1-error-code-defined",),
        edits=(after("revocation.error", "put_error", put_code_of_login),),
    ),
    Defect(
        name="revocation-error-repeats-all-input",
        says="The description of a revocation error repeats names and values as they came.",
        breaks=("rfc7009-2.2.1-error-members-well-formed",),
        edits=(after("revocation.error", "put_error_description", repeat_all),),
    ),
    Defect(
        name="revocation-error-with-search",
        says="Revocation errors have their code in quotes, and an address with a space.",
        breaks=("rfc7009-2.2.1-error-members-well-formed", "rfc7009-2.2.1-error-code-defined"),
        edits=(after("revocation.error", "put_error_description", point_to_search),),
    ),
    Defect(
        name="revocation-success-hidden-from-other-origins",
        says="Success lacks the header that lets another origin read it.",
        breaks=("rfc7009-2.3-cors-answer-readable",),
        edits=(replace("revocation.finish", "allow_origin", allow_origin_of_errors),),
        on=CORS,
    ),
    Defect(
        name="revocation-callback-in-capitals",
        says="The function is called by its name in capitals.",
        breaks=("rfc7009-2.3-callback-wraps-success",),
        edits=(replace("revocation.finish", "call_back", call_in_capitals),),
        on=JSONP,
    ),
    Defect(
        name="introspection-refuses-access-token-hint",
        says="Introspection refuses the hint access_token.",
        breaks=("rfc7662-2.1-registered-hints-understood",),
        edits=(after("introspection", "require_token", refuse_access_token_hint),),
    ),
    Defect(
        name="introspection-tells-anybody-of-unknown-tokens",
        says="Who shows no credentials is told that a token was never issued.",
        breaks=("rfc7662-2.1-authorization-required", "rfc7662-4-caller-must-authenticate"),
        edits=(replace("introspection", "authorize_caller", tell_strangers_what_is_unknown),),
    ),
    Defect(
        name="introspection-believes-secrets-in-header",
        says="Introspection looks at no secret that comes in the header.",
        breaks=("rfc7662-4-wrong-secret-refused",),
        edits=(replace("introspection", "authorize_caller", believe_secret_in_header),),
    ),
    Defect(
        name="introspection-unknown-token-as-empty-list",
        says="The answer about a token that nobody knows is an empty list.",
        breaks=("rfc7662-2.2-answer-is-json-object",),
        edits=(replace("introspection", "answer_inactive", answer_unknown_with_list),),
    ),
    Defect(
        name="introspection-active-as-text",
        says="The answer about a live token has active as text.",
        breaks=("rfc7662-2.2-active-is-boolean",),
        edits=(replace("introspection.response", "put_active", put_active_as_text),),
    ),
    Defect(
        name="introspection-username-of-apps-is-a-number",
        says="The answer about a token of no user has the number 0 for its username.",
        breaks=("rfc7662-2.2-username-is-string",),
        edits=(replace("introspection.response", "put_username", put_number_for_apps),),
    ),
    Defect(
        name="introspection-cacheable-for-years",
        says="Caches may keep what introspection says of a live token for ten years.",
        breaks=("rfc7662-4-answer-not-fresh-beyond-exp",),
        edits=(after("introspection.finish", "forbid_caching", keep_fresh_for_years),),
    ),
    Defect(
        name="unknown-verifier-refused",
        says="A server that doesn't know PKCE refuses a verifier.",
        breaks=("rfc7636-7.2-unknown-verifier-ignored",),
        edits=(before("grant.authorization_code", "require_code", refuse_verifier),),
        on="no-pkce",
    ),
)
