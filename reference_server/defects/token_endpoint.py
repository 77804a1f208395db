"""Breaches of RFC 6749 sections 3.2 and 3.2.1: the token endpoint, and who may use it."""

import json
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, after, before, named, remove, replace
from ..steps.client_authentication import (
    failed,
    note_failure,
    refuse_unauthenticated,
    refuse_unregistered_method,
    require_for_confidential,
    verify_secret,
)
from ..steps.forms import FORM, is_form, parse, read_form, refuse_repeated
from ..steps.token import RECOGNIZED
from ..steps.token_response import JSON
from ..steps.transport import allow_methods

# The endpoint's URI, as metadata tells it


def told_with(suffix: str) -> Step:
    """Tells the endpoint's URI with something behind it."""

    def put_suffix(call: Call) -> None:
        call.answer["token_endpoint"] += suffix

    return put_suffix


def tell_http(call: Call) -> None:
    """Builds the URI from the scheme that is heard behind a proxy."""
    call.answer["token_endpoint"] = call.answer["token_endpoint"].replace("https:", "http:", 1)


# Requests


def read_query_or_form(call: Call) -> None:
    """Reads parameters from wherever they are, as frameworks offer it."""
    if call.method == "GET":
        call.parameters = parse(call.query_string)
    else:
        read_form(call)


def read_exact_form(call: Call) -> None:
    """Compares the whole Content-Type header with the media type."""
    if call.header(b"content-type") != FORM:
        raise OAuthError("invalid_request", "The request body has to be form-encoded.")
    read_form(call)


def read_names_as_they_are(call: Call) -> None:
    """Decodes the values of parameters, and takes their names as they come."""
    if not is_form(call):
        raise OAuthError("invalid_request", "The request body has to be form-encoded.")
    call.parameters = parse(call.body)
    if call.parameters.unreadable:
        return
    parts = [part.partition(b"=") for part in call.body.split(b"&")]
    values = [parse(b"=" + value).pairs[0][1] for _, _, value in parts]
    pairs = tuple((name.decode("latin-1"), value) for (name, _, _), value in zip(parts, values, strict=True))
    call.parameters = changed(parse(b""), pairs=pairs)


def drop_empty(*, scope: bool) -> Step:
    """Drops either an empty scope or every other empty parameter."""

    def drop_some_empty_parameters(call: Call) -> None:
        kept = tuple((name, value) for name, value in call.parameters.pairs if value or (name == "scope") != scope)
        call.parameters = changed(call.parameters, pairs=kept)

    return drop_some_empty_parameters


def refuse_unknown_parameters(call: Call) -> None:
    """Wants to know every parameter."""
    if any(name not in RECOGNIZED for name, _ in call.parameters.pairs):
        raise OAuthError("invalid_request", "A parameter is not known.")


def drop_equal_parameters(call: Call) -> None:
    """Counts a parameter that is sent twice with one value as sent once."""
    call.parameters = changed(call.parameters, pairs=tuple(dict.fromkeys(call.parameters.pairs)))


# Answers


def render_type_twice(call: Call) -> Response:
    """Puts text together by hand, and one member in twice."""
    body = json.dumps(call.answer)[:-1] + ', "token_type": "bearer"}'
    return Response(200, body.encode(), [("Content-Type", JSON)])


def render_error_twice(call: Call) -> Response:
    """The same with an error."""
    body = json.dumps(call.answer)[:-1] + f', "error": {json.dumps(call.error.error)}}}'
    return Response(call.error.status, body.encode(), [("Content-Type", JSON), *call.error.headers])


# Client authentication


def is_request(call: Call, grant: str) -> bool:
    """Whether this is a token request by a grant."""
    return call.endpoint == "token" and call.parameters.get("grant_type") == grant


def unless_only_named(step: Step, grant: str) -> Step:
    """Leaves a step out where a client only names itself."""

    def skip(call: Call) -> None:
        if not (is_request(call, grant) and call.attempts[0].method == "none"):
            step(call)

    return named(step.__name__, skip)


def without_authentication(grant: str) -> tuple[Edit, ...]:
    """Clients with a secret need not show it in one grant."""
    steps = (require_for_confidential, refuse_unregistered_method, note_failure, refuse_unauthenticated)
    return tuple(replace("client_authentication", step.__name__, unless_only_named(step, grant)) for step in steps)


def with_any_secret(grant: str) -> Edit:
    """In one grant a secret has to be there, right or wrong."""

    def see_secret(call: Call) -> None:
        if is_request(call, grant) and call.attempts[0].secret:
            call.authenticated = True
        else:
            verify_secret(call)

    return replace("client_authentication", "verify_secret", named("verify_secret", see_secret))


def refuse_client_id_beside_basic(call: Call) -> None:
    """Takes a client_id in the body for a second way to authenticate."""
    if call.attempts and call.attempts[0].method == "client_secret_basic" and call.parameters.get("client_id"):
        raise OAuthError("invalid_request", "More than one client authentication method was used.")


def refuse_public(grant: str) -> Step:
    """Wants authentication of every client in one grant."""

    def refuse_public_client(call: Call) -> None:
        if is_request(call, grant) and not call.client.confidential:
            raise failed("The client has to authenticate.")

    return refuse_public_client


def name_client_of_code(call: Call) -> None:
    """Looks up in the code which client this may be."""
    code = call.server.store.find_code(call.parameters.get("code") or "")
    if not call.attempts and code is not None and is_request(call, "authorization_code"):
        pairs = (*call.parameters.pairs, ("client_id", code.grant.client_id))
        call.parameters = changed(call.parameters, pairs=pairs)


DEFECTS = (
    Defect(
        name="token-endpoint-uri-with-raw-query",
        says="Metadata tells a token endpoint URI whose query is not form-encoded.",
        breaks=("rfc6749-3.2-query-form-encoded",),
        edits=(after("metadata", "put_endpoints", told_with("?tenant=a|b c")),),
    ),
    Defect(
        name="token-endpoint-uri-with-fragment",
        says="Metadata tells a token endpoint URI with a fragment.",
        breaks=("rfc6749-3.2-no-fragment-in-uri",),
        edits=(after("metadata", "put_endpoints", told_with("#token")),),
    ),
    Defect(
        name="token-endpoint-told-as-http",
        says="Metadata tells an http URI for the token endpoint.",
        breaks=("rfc6749-3.2-served-over-tls",),
        edits=(after("metadata", "put_endpoints", tell_http),),
    ),
    Defect(
        name="token-endpoint-over-plain-http",
        says="The token endpoint serves plain HTTP as well.",
        breaks=("rfc6749-3.2-plain-http-no-token",),
        edits=(remove("token", "require_tls"),),
    ),
    Defect(
        name="token-endpoint-takes-get",
        says="A token request may be sent by GET, with everything in the query.",
        breaks=("rfc6749-3.2-get-no-token",),
        edits=(
            replace("token", "refuse_other_methods", allow_methods("GET", "HEAD", "POST", "DELETE")),
            replace("token", "read_form", read_query_or_form),
        ),
    ),
    Defect(
        name="token-endpoint-compares-content-type-whole",
        says="A token request whose Content-Type has a charset is refused.",
        breaks=(
            "rfc6749-3.2-post-served",
            "rfc6749-4.1.3-form-body-served",
        ),
        edits=(replace("token", "read_form", read_exact_form),),
    ),
    Defect(
        name="token-endpoint-takes-names-encoded",
        says="Names of parameters in a token request are not decoded.",
        breaks=("rfc6749-4.1.3-form-encoding-decoded",),
        edits=(replace("token", "read_form", read_names_as_they_are),),
    ),
    Defect(
        name="token-endpoint-keeps-empty-parameters",
        says="Empty parameters of a token request count as values, but for scope.",
        breaks=("rfc6749-3.2-empty-required-parameter-missing",),
        edits=(replace("token", "drop_empty_parameters", drop_empty(scope=True)),),
    ),
    Defect(
        name="token-endpoint-keeps-empty-scope",
        says="An empty scope in a token request counts as a malformed one.",
        breaks=("rfc6749-3.2-empty-optional-parameter-absent",),
        edits=(replace("token", "drop_empty_parameters", drop_empty(scope=False)),),
    ),
    Defect(
        name="token-endpoint-refuses-unknown-parameters",
        says="A token request with an unknown parameter is refused.",
        breaks=("rfc6749-3.2-unrecognized-parameter-ignored",),
        edits=(after("token", "drop_empty_parameters", refuse_unknown_parameters),),
    ),
    Defect(
        name="token-endpoint-takes-equal-parameters",
        says="A parameter of a token request may be repeated with the same value.",
        breaks=("rfc6749-3.2-repeated-parameter-refused",),
        edits=(before("token", "refuse_repeated_parameters", drop_equal_parameters),),
    ),
    Defect(
        name="token-endpoint-takes-last-redirect-uri",
        says="Of several redirect_uri parameters in a token request one is taken.",
        breaks=("rfc6749-3.2-repeated-parameter-refused",),
        edits=(
            replace(
                "token",
                "refuse_repeated_parameters",
                refuse_repeated(*(name for name in RECOGNIZED if name != "redirect_uri")),
            ),
        ),
    ),
    Defect(
        name="token-response-with-member-twice",
        says="The member token_type stands twice in a token response.",
        breaks=("rfc6749-3.2-response-members-unique",),
        edits=(replace("token.response", "render_json", render_type_twice),),
    ),
    Defect(
        name="token-error-with-member-twice",
        says="The member error stands twice in the token endpoint's error responses.",
        breaks=("rfc6749-3.2-response-members-unique",),
        edits=(replace("token.error", "render_json_error", render_error_twice),),
    ),
    Defect(
        name="code-exchange-without-authentication",
        says="In the authorization code grant client_id alone is enough for a client that has a secret.",
        breaks=(
            "rfc6749-3.2.1-unauthenticated-client-refused",
            "rfc6749-4.1.3-authentication-required",
        ),
        edits=without_authentication("authorization_code"),
    ),
    Defect(
        name="refresh-without-authentication",
        says="In a refresh client_id alone is enough for a client that has a secret.",
        breaks=("rfc6749-3.2.1-unauthenticated-client-refused",),
        edits=without_authentication("refresh_token"),
    ),
    Defect(
        name="any-secret-for-code-exchange",
        says="In the authorization code grant any client secret will do.",
        breaks=(
            "rfc6749-3.2.1-wrong-secret-refused",
            "rfc6749-4.1.3-authentication-verified",
            "rfc6749-4.1.4-failed-authentication-error",
        ),
        edits=(with_any_secret("authorization_code"),),
    ),
    Defect(
        name="client-id-beside-basic-refused",
        says="A client_id in the body counts as a second authentication beside the Authorization header.",
        breaks=("rfc6749-3.2.1-client-id-beside-authentication",),
        edits=(before("client_authentication", "refuse_other_client_id", refuse_client_id_beside_basic),),
    ),
    Defect(
        name="public-clients-cannot-refresh",
        says="A public client's refresh request is refused for want of authentication.",
        breaks=("rfc6749-3.2.1-client-id-alone-for-public",),
        edits=(after("client_authentication", "find_client", refuse_public("refresh_token")),),
    ),
    Defect(
        name="public-clients-cannot-exchange-codes",
        says="A public client's code exchange is refused for want of authentication.",
        breaks=(
            "rfc6749-3.2.1-client-id-alone-for-public",
            "rfc6749-4.1.3-client-id-identifies",
            "rfc6749-4.1.3-grant-type-served",
            "rfc6749-4.1.4-valid-exchange-issues-token",
        ),
        blocks=(
            "rfc6749-3.2.1-unidentified-code-exchange-refused",
            "rfc6749-4.1.3-client-id-required",
            "rfc6749-4.1.3-public-client-id-matches",
        ),
        edits=(after("client_authentication", "find_client", refuse_public("authorization_code")),),
    ),
    Defect(
        name="client-named-by-its-code",
        says="A code exchange that names no client is served for the client of the code.",
        breaks=(
            "rfc6749-3.2.1-unidentified-code-exchange-refused",
            "rfc6749-4.1.3-client-id-required",
        ),
        edits=(before("client_authentication", "collect_body", name_client_of_code),),
    ),
)
