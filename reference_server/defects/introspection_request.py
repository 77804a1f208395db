"""Breaches of RFC 7662 in how an introspection request is read and answered for (sections 1.1, 2 and 2.1)."""

import re
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Parameters, Response, Step, after, before, named, remove, replace
from ..steps.forms import FORM, read_form
from ..steps.introspection import authorize_caller, refuse_public_caller
from ..steps.token_response import json_response

SHAPE_OF_A_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
SHAPE_OF_A_TOKEN = re.compile(r"[A-Za-z0-9_.-]{24,}")


def lower_parameter_names(call: Call) -> None:
    """Takes `TOKEN` for `token`."""
    pairs = tuple((name.lower(), value) for name, value in call.parameters.pairs)
    call.parameters = changed(call.parameters, pairs=pairs)


def find_token_of_any_case(call: Call) -> None:
    """Searches with a collation that knows no letter case, as some databases do by default."""
    store, value = call.server.store, call.parameters.get("token") or ""
    call.token = store.find_token(value) or store.find_token(value.swapcase())


def put_plain_http_endpoint(call: Call) -> None:
    """Builds the URL behind a proxy that ends TLS, from the scheme that it sees."""
    call.answer["introspection_endpoint"] = call.answer["introspection_endpoint"].replace("https:", "http:")


def read_exact_form(call: Call) -> None:
    """Compares the whole Content-Type header with the media type."""
    if call.header(b"content-type") != FORM:
        raise OAuthError("invalid_request", "The request body has to be form-encoded.", 415)
    read_form(call)


def read_form_as_it_is(call: Call) -> None:
    """Splits the body and forgets to decode what it finds."""
    pairs = (part.partition("=") for part in call.body.decode("latin-1").split("&"))
    call.parameters = Parameters(tuple((name, value) for name, _, value in pairs))


def refuse_refresh_token(call: Call) -> None:
    """Knows access tokens only, and makes an error of anything else."""
    if call.token is not None and call.token.kind == "refresh_token":
        raise OAuthError("unsupported_token_type", "Only access tokens can be introspected.")


def forget_refreshed_tokens(call: Call) -> None:
    """Never hears of the access tokens that the refresh grant issues."""
    if call.token is None or call.token.kind != "access_token":
        return
    query = "SELECT count(*) FROM tokens WHERE grant_id = ? AND kind = 'access_token' AND issued_at < ?"
    row = call.server.store.connection.execute(query, (call.token.grant.id, call.token.issued_at)).fetchone()
    if row[0]:
        call.token = None


def demand_hint(call: Call) -> None:
    """Makes `token_type_hint` a required parameter."""
    if call.parameters.get("token_type_hint") is None:
        raise OAuthError("invalid_request", "The token_type_hint parameter is missing.")


def demand_client_id(call: Call) -> None:
    """Wants `client_id` in the body of a client that authenticates in the header."""
    is_bearer = (call.header(b"authorization") or "").lower().startswith("bearer ")
    if not is_bearer and call.parameters.get("client_id") is None:
        raise OAuthError("invalid_request", "The client_id parameter is missing.")


def believe_hint(hint: str, found: str) -> Step:
    """With one hint, searches nowhere but where the hint points: tokens of another kind aren't found."""

    def find_hinted_token(call: Call) -> None:
        """Section 2.1 demands the search to be extended."""
        if call.parameters.get("token_type_hint") == hint and call.token is not None and call.token.kind != found:
            call.token = None

    return named("find_hinted_token", find_hinted_token)


def look_by_hint_alone(call: Call) -> None:
    """Has access tokens in one place and refresh tokens in another, and looks into one of them."""
    if call.token is not None and call.token.kind == "refresh_token":
        call.token = call.token if call.parameters.get("token_type_hint") == "refresh_token" else None


def refuse_unknown_hint(call: Call) -> None:
    """Answers as RFC 7009 has it for kinds of tokens that the server can't revoke."""
    if call.parameters.get("token_type_hint") not in (None, "access_token", "refresh_token"):
        raise OAuthError("unsupported_token_type", "The token type is not supported.")


def refuse_refresh_token_hint(call: Call) -> None:
    """Has no refresh tokens to introspect, and so no use for the hint."""
    if call.parameters.get("token_type_hint") == "refresh_token":
        raise OAuthError("unsupported_token_type", "The token type is not supported.")


def refuse_odd_token(call: Call) -> None:
    """Makes an error of whatever doesn't look like one of its own tokens."""
    if not SHAPE_OF_A_TOKEN.fullmatch(call.parameters.get("token") or ""):
        raise OAuthError("invalid_request", "The token is malformed.")


def refuse_jwt(call: Call) -> None:
    """Has a code of RFC 7009 for it."""
    if SHAPE_OF_A_JWT.fullmatch(call.parameters.get("token") or ""):
        raise OAuthError("unsupported_token_type", "Tokens of this server are no JWTs.")


def refuse_public_caller_unless_own(call: Call) -> None:
    """Takes a public client for master of its own tokens."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    if token is None or token.grant.client_id != call.client.client_id:
        refuse_public_caller(call)


async def let_anonymous_in(call: Call) -> Response | None:
    """Authenticates those who want to be."""
    names_client = call.parameters.get("client_id") is not None
    return await authorize_caller(call) if names_client or call.header(b"authorization") else None


async def let_named_in(call: Call) -> Response | None:
    """Takes the identifier of a confidential client for its authentication."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    if client is not None and client.confidential and call.parameters.get("client_secret") is None:
        call.client = client
        return None
    return await authorize_caller(call)


def take_any_for_missing_token(call: Call) -> Response | None:
    """Looks up the caller instead."""
    if call.parameters.get("token") is None:
        call.answer = {"active": True}
        return json_response(call)
    return None


DEFECTS = (
    Defect(
        name="introspection-parameter-names-of-any-case",
        says="Parameter names at introspection are compared without regard to case.",
        breaks=("rfc7662-1.1-parameter-names-case-sensitive",),
        edits=(before("introspection", "drop_empty_parameters", lower_parameter_names),),
    ),
    Defect(
        name="introspection-tokens-of-any-case",
        says="Introspection finds a token whose letters are in the wrong case.",
        breaks=("rfc7662-1.1-token-values-case-sensitive",),
        edits=(replace("introspection", "find_token", find_token_of_any_case),),
    ),
    Defect(
        name="introspection-advertised-over-plain-http",
        says="The server's metadata names a plain HTTP URL for introspection.",
        breaks=("rfc7662-2-endpoint-served-over-tls",),
        edits=(after("metadata", "put_endpoints", put_plain_http_endpoint),),
    ),
    Defect(
        name="introspection-over-plain-http",
        says="Introspection is answered over plain HTTP as well.",
        breaks=("rfc7662-2-plain-http-reveals-nothing",),
        edits=(remove("introspection", "require_tls"),),
    ),
    Defect(
        name="introspection-content-type-compared-exactly",
        says="Introspection refuses a form whose Content-Type has a parameter, or capital letters.",
        breaks=("rfc7662-2.1-post-form-accepted",),
        edits=(replace("introspection", "read_form", read_exact_form),),
    ),
    Defect(
        name="introspection-form-not-decoded",
        says="Parameters at introspection are taken as they stand, percent-encoding and all.",
        breaks=("rfc7662-2.1-percent-encoded-token-decoded",),
        edits=(replace("introspection", "read_form", read_form_as_it_is),),
    ),
    Defect(
        name="introspection-without-token-answered",
        says="An introspection request without a token is answered as if it had named a live one.",
        breaks=("rfc7662-2.1-token-required",),
        edits=(replace("introspection", "require_token", take_any_for_missing_token),),
    ),
    Defect(
        name="introspection-forgets-refreshed-tokens",
        says="Introspection doesn't know the access tokens that come from a refresh.",
        breaks=("rfc7662-2.1-access-token-value-recognized", "rfc7662-2.2-live-token-active"),
        edits=(after("introspection", "find_token", forget_refreshed_tokens),),
    ),
    Defect(
        name="introspection-refuses-refresh-tokens",
        says="Introspection of a refresh token is an error.",
        breaks=("rfc7662-2.1-refresh-token-value-accepted",),
        blocks=("rfc7662-2.1-wrong-hint-refresh-token-found",),
        edits=(after("introspection", "find_token", refuse_refresh_token),),
    ),
    Defect(
        name="introspection-demands-hint",
        says="Introspection demands token_type_hint.",
        breaks=("rfc7662-2.1-hint-not-needed",),
        blocks=("rfc7662-2-plain-http-reveals-nothing", "rfc7662-2.1-wrong-hint-refresh-token-found"),
        edits=(after("introspection", "require_token", demand_hint),),
    ),
    Defect(
        name="introspection-finds-refresh-token-by-its-hint-alone",
        says="Without the hint refresh_token introspection takes a refresh token for an unknown one.",
        breaks=(
            "rfc7662-2.1-hint-not-needed",
            "rfc7662-2.1-wrong-hint-refresh-token-found",
            "rfc7662-2.1-unknown-hint-token-found",
        ),
        edits=(after("introspection", "find_token", look_by_hint_alone),),
    ),
    Defect(
        name="introspection-demands-client-id",
        says="Introspection demands client_id in the body beside authentication in the header.",
        breaks=("rfc7662-2.1-other-parameters-not-demanded",),
        blocks=("rfc7662-2-plain-http-reveals-nothing",),
        edits=(after("introspection", "authorize_caller", demand_client_id),),
    ),
    Defect(
        name="introspection-misled-by-matching-hint",
        says="With the hint access_token introspection searches only where it keeps refresh tokens.",
        breaks=("rfc7662-2.1-matching-hint-accepted",),
        edits=(after("introspection", "find_token", believe_hint("access_token", "refresh_token")),),
    ),
    Defect(
        name="introspection-misled-by-refresh-token-hint",
        says="With the hint refresh_token introspection finds no access token.",
        breaks=("rfc7662-2.1-wrong-hint-access-token-found",),
        edits=(after("introspection", "find_token", believe_hint("refresh_token", "refresh_token")),),
    ),
    Defect(
        name="introspection-misled-by-access-token-hint",
        says="With the hint access_token introspection finds no refresh token.",
        breaks=("rfc7662-2.1-wrong-hint-refresh-token-found",),
        edits=(after("introspection", "find_token", believe_hint("access_token", "access_token")),),
    ),
    Defect(
        name="introspection-refuses-unknown-hint",
        says="Introspection refuses a hint that it doesn't know.",
        breaks=("rfc7662-2.1-unknown-hint-token-found",),
        edits=(after("introspection", "require_token", refuse_unknown_hint),),
    ),
    Defect(
        name="introspection-refuses-refresh-token-hint",
        says="Introspection refuses the registered hint refresh_token.",
        breaks=("rfc7662-2.1-registered-hints-understood", "rfc7662-2.1-wrong-hint-access-token-found"),
        edits=(after("introspection", "require_token", refuse_refresh_token_hint),),
    ),
    Defect(
        name="introspection-refuses-malformed-tokens",
        says="Introspection of a token that doesn't look like one is an error.",
        breaks=("rfc7662-2.1-undeterminable-token-inactive",),
        edits=(after("introspection", "require_token", refuse_odd_token),),
    ),
    Defect(
        name="introspection-for-anybody",
        says="Introspection answers callers that show no credentials.",
        breaks=(
            "rfc7662-2.1-authorization-required",
            "rfc7662-4-caller-must-authenticate",
            "rfc7662-5-identifiers-kept-from-unintended-parties",
        ),
        edits=(replace("introspection", "authorize_caller", let_anonymous_in),),
    ),
    Defect(
        name="introspection-for-public-clients",
        says="The client_id of a public client opens introspection.",
        breaks=("rfc7662-2.1-public-client-id-no-authorization",),
        edits=(remove("introspection.client", "refuse_public_caller"),),
    ),
    Defect(
        name="introspection-of-own-tokens-for-public-clients",
        says="The client_id of a public client opens introspection of the client's own tokens.",
        breaks=("rfc7662-2.1-public-client-id-no-authorization",),
        edits=(replace("introspection.client", "refuse_public_caller", refuse_public_caller_unless_own),),
    ),
    Defect(
        name="introspection-refuses-jwts",
        says="Introspection of what looks like a JWT is an error, since tokens of the server are none.",
        breaks=("rfc7662-2.3-inactive-token-no-error",),
        edits=(after("introspection", "require_token", refuse_jwt),),
    ),
    Defect(
        name="introspection-by-client-id-alone",
        says="The client_id of a confidential client opens introspection without its secret.",
        breaks=("rfc7662-4-client-id-alone-refused",),
        edits=(replace("introspection", "authorize_caller", let_named_in),),
    ),
)
