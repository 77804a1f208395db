"""Breaches of RFC 6749 sections 5 and 5.2: how refusals of the token endpoint look."""

import json

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, before, remove, replace
from ..rendering import message
from ..steps.client_authentication import find_client
from ..steps.scope import SCOPE
from ..steps.token import find_grant, require_grant_type
from ..steps.token_response import challenge_basic, put_error, render_json_error


def rendered(step: Step) -> tuple[Edit, ...]:
    """Another way to render errors."""
    return (replace("token.error", "render_json_error", step),)


def in_error(change: Step) -> tuple[Edit, ...]:
    """A change of an error's members before they are rendered."""
    return (before("token.error", "render_json_error", change),)


def break_without_grant_type(call: Call) -> Response | None:
    """Looks `grant_type` up before it is known to be there; the framework catches what comes of it."""
    if call.parameters.get("grant_type") is None:
        body = json.dumps({"error": "internal_server_error", "error_description": "'grant_type'"})
        return Response(500, body.encode(), [("Content-Type", "application/json")])
    require_grant_type(call)
    return None


def refuse_at_the_gateway(call: Call) -> Response | None:
    """Leaves unknown clients to a gateway in front, whose 401 has no body."""
    client_id = call.attempts[0].client_id
    if call.endpoint == "token" and client_id not in call.server.accounts.clients:
        return Response(401, headers=[("WWW-Authenticate", 'Basic realm="gateway"')])
    find_client(call)
    return None


def default_grant_type(call: Call) -> None:
    """Falls back on the commonest grant when none is named."""
    call.grant_type = call.parameters.get("grant_type") or "client_credentials"


def forbid_bad_grants(call: Call) -> None:
    """Takes a grant that doesn't hold for a matter of permissions."""
    if call.error.error == "invalid_grant":
        call.error.status = 403


def unauthorize_barred_clients(call: Call) -> None:
    """Takes a client that may not use a grant for one that is unknown."""
    if call.error.error == "unauthorized_client":
        call.error.status = 401


def explain_unknown_grant_type(call: Call) -> None:
    """Has a message for what the framework refuses, and no code."""
    if call.error.error == "unsupported_grant_type":
        call.answer["message"] = "Unsupported grant type."
    else:
        put_error(call)


def render_error_twice(call: Call) -> Response:
    """Two layers write the code, each for itself."""
    response = render_json_error(call)
    member = f'{{"error": {json.dumps(call.error.error)}, '
    response.body = response.body.replace(b"{", member.encode(), 1)
    return response


def challenge_header_authentication(call: Call) -> None:
    """Sees no use in a challenge for somebody who sent no Authorization header."""
    if call.header(b"authorization") is not None:
        challenge_basic(call)


def challenge_for_bearer_tokens(call: Call) -> None:
    """Challenges as the resources do."""
    if call.error.status == 401:
        call.error.headers = (*call.error.headers, ("WWW-Authenticate", 'Bearer error="invalid_client"'))


def name_malformed_scope(call: Call) -> None:
    """Says within the code what is wrong."""
    scope = call.parameters.get("scope")
    if scope is not None and not SCOPE.fullmatch(scope):
        raise OAuthError(f"invalid_scope: {scope}", "The scope is malformed.")


def quote_grant_type(call: Call) -> None:
    """Repeats in its message what was sent."""
    try:
        find_grant(call)
    except OAuthError as error:
        raise OAuthError(error.error, f'Unsupported grant type "{call.grant_type}".') from None


def blank_description(call: Call) -> None:
    """Has no text for unknown grant types, and sends that."""
    if call.error.error == "unsupported_grant_type":
        call.answer["error_description"] = ""


def list_descriptions(call: Call) -> None:
    """Collects what is wrong with a request in an array."""
    if call.error.error == "invalid_request":
        call.answer["error_description"] = [call.error.description]


def nest_description(call: Call) -> None:
    """Puts the details of failed authentication into an object of their own."""
    if call.error.error == "invalid_client":
        call.answer["details"] = {"error_description": call.answer.pop("error_description")}


def name_error_by_urn(call: Call) -> None:
    """Names the error by a URI that leads nowhere."""
    call.answer["error_uri"] = f"urn:oauth:error:{call.error.error}"


def explain_in_uri(call: Call) -> None:
    """Puts the description into the URI as it is."""
    call.answer["error_uri"] = f"https://docs.example/errors?about={call.error.description}"


def quote_number(call: Call) -> None:
    """Makes a string of the number."""
    call.answer["expires_in"] = str(call.answer["expires_in"])


def render_as_text(call: Call) -> Response:
    """Leaves the framework's default media type."""
    response = render_json_error(call)
    response.put("Content-Type", "text/plain; charset=utf-8")
    return response


def render_as_page_if_liked(call: Call) -> Response:
    """Goes by the Accept header, as other pages of the framework do."""
    if (call.header(b"accept") or "").startswith("text/html"):
        return message(call.error.status, "Something went wrong", call.error.description)
    return render_json_error(call)


DEFECTS = (
    Defect(
        name="missing-grant-type-is-a-server-error",
        says="A token request without grant_type is answered by status 500.",
        breaks=(
            "rfc6749-4.4.3-invalid-request-error",
            "rfc6749-5-invalid-request-gets-error",
            "rfc6749-5.2-error-status-400",
            "rfc6749-5.2-missing-parameter-invalid-request",
        ),
        edits=(replace("token", "require_grant_type", break_without_grant_type),),
    ),
    Defect(
        name="bare-401-for-unknown-client",
        says="An unknown client is answered with a bare 401.",
        breaks=(
            "rfc6749-5-failed-authentication-gets-error",
            "rfc6749-5.2-error-member-present",
            "rfc6749-5.2-unknown-client-invalid-client",
            "rfc6749-5.2-error-media-type-json",
            "rfc6749-5.2-error-top-level-members",
        ),
        edits=(replace("client_authentication", "find_client", refuse_at_the_gateway),),
    ),
    Defect(
        name="grant-type-by-default",
        says="A token request without `grant_type` is taken for one by client credentials.",
        breaks=(
            "rfc6749-5-invalid-request-gets-error",
            "rfc6749-5.2-missing-parameter-invalid-request",
            "rfc6749-6-grant-type-required",
        ),
        edits=(replace("token", "require_grant_type", default_grant_type),),
    ),
    Defect(
        name="bad-grant-forbidden",
        says="`invalid_grant` comes with status 403.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=in_error(forbid_bad_grants),
    ),
    Defect(
        name="unauthorized-client-is-401",
        says="A client that may not use a grant type is told so with status 401.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=in_error(unauthorize_barred_clients),
    ),
    Defect(
        name="error-without-code",
        says="An unknown grant type is answered with a message and no `error`.",
        breaks=(
            "rfc6749-5-invalid-request-gets-error",
            "rfc6749-5.2-error-member-present",
            "rfc6749-5.2-unknown-grant-type-unsupported",
        ),
        edits=(replace("token.error", "put_error", explain_unknown_grant_type),),
    ),
    Defect(
        name="error-twice",
        says="Error responses have the member `error` twice.",
        breaks=("rfc6749-5.2-error-member-present",),
        edits=rendered(render_error_twice),
    ),
    Defect(
        name="401-without-challenge-for-body",
        says="A 401 to authentication in the body has no challenge.",
        breaks=("http-15.5.2-challenge-in-401",),
        edits=(replace("token.error", "challenge_basic", challenge_header_authentication),),
    ),
    Defect(
        name="header-authentication-failed-400",
        says="Failed authentication in the Authorization header is answered with 400 and no challenge.",
        breaks=(
            "rfc6749-5.2-header-authentication-failed-401",
            "rfc6749-5.2-header-authentication-failed-challenge",
        ),
        edits=(remove("token.error", "answer_failed_authentication_with_401"),),
    ),
    Defect(
        name="challenge-of-another-scheme",
        says="Failed authentication by Basic is challenged with Bearer.",
        breaks=("rfc6749-5.2-header-authentication-failed-challenge",),
        edits=(replace("token.error", "challenge_basic", challenge_for_bearer_tokens),),
    ),
    Defect(
        name="scope-echoed-in-error",
        says="The error code for a malformed scope repeats the scope.",
        breaks=(
            "rfc6749-5.2-error-characters",
            "rfc6749-5.2-malformed-scope-invalid-scope",
            "rfc6749-8.5-error-code-characters",
        ),
        edits=(replace("scope", "check_scope_syntax", name_malformed_scope),),
    ),
    Defect(
        name="grant-type-echoed-in-description",
        says="The description of an unknown grant type repeats it in quotes.",
        breaks=("rfc6749-5.2-error-description-characters",),
        edits=(replace("token", "find_grant", quote_grant_type),),
    ),
    Defect(
        name="blank-description",
        says="An unknown grant type is answered with an empty `error_description`.",
        breaks=("rfc6749-5.2-error-description-is-text",),
        edits=in_error(blank_description),
    ),
    Defect(
        name="description-as-array",
        says="The `error_description` of an invalid request is a JSON array.",
        breaks=("rfc6749-5.2-error-strings-as-strings",),
        edits=in_error(list_descriptions),
    ),
    Defect(
        name="description-nested",
        says="The `error_description` of failed authentication stands below the top level.",
        breaks=("rfc6749-5.2-error-top-level-members",),
        edits=in_error(nest_description),
    ),
    Defect(
        name="error-uri-leads-nowhere",
        says="`error_uri` is a URN.",
        breaks=("rfc6749-5.2-error-uri-names-web-page",),
        edits=(replace("token.error", "put_error_uri", name_error_by_urn),),
        on="detailed-errors",
    ),
    Defect(
        name="error-uri-with-spaces",
        says="`error_uri` holds the error's description, not encoded.",
        breaks=("rfc6749-5.2-error-uri-syntax",),
        edits=(replace("token.error", "put_error_uri", explain_in_uri),),
        on="detailed-errors",
    ),
    Defect(
        name="number-as-string-in-error",
        says="The number in an error response is a JSON string.",
        breaks=("rfc6749-5.2-error-numbers-as-numbers",),
        edits=in_error(quote_number),
        on="extra-members",
    ),
    Defect(
        name="error-as-text",
        says="Error responses are JSON by content and text/plain by name.",
        breaks=("rfc6749-5.2-error-media-type-json",),
        edits=rendered(render_as_text),
    ),
    Defect(
        name="error-as-page",
        says="Error responses are pages for those who would rather have a page.",
        breaks=("rfc6749-5.2-error-media-type-json", "rfc6749-5.2-error-member-present"),
        edits=rendered(render_as_page_if_liked),
    ),
)
