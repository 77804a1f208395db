"""Breaches of RFC 7009 in what the revocation endpoint answers (sections 2.2 and 2.2.1)."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, remove, replace
from ..steps.token_response import put_error

MISSING_TOKEN = "The token parameter is missing."


def answer_no_content(call: Call) -> Response | None:
    """204 would be the natural status for an answer without a body."""
    return Response(204) if call.token is not None and call.token.active else None


def refuse_unknown_token(call: Call) -> None:
    """Makes an error of a token that it doesn't find."""
    if call.token is None:
        raise OAuthError("invalid_request", "There is no such token.")


def refuse_revoked_token(call: Call) -> None:
    """Makes an error of a token that was revoked before."""
    if call.token is not None and call.token.revoked_at is not None:
        raise OAuthError("invalid_request", "The token has been revoked already.")


def refuse_expired_token(call: Call) -> None:
    """Makes an error of a token that has expired."""
    if call.token is not None and not call.token.fresh:
        raise OAuthError("invalid_request", "The token has expired.")


def answer_plain_text(call: Call) -> None:
    """Leaves the Content-Type to the framework's default."""
    if call.response.status >= 400:
        call.response.put("Content-Type", "text/plain; charset=utf-8")


def answer_unprocessable(call: Call) -> None:
    """Answers a missing parameter as the framework's validation does."""
    if call.error.description == MISSING_TOKEN:
        call.error.status = 422


def put_own_code(call: Call) -> None:
    """Has a code of its own for each missing parameter."""
    put_error(call)
    if call.error.description == MISSING_TOKEN:
        call.answer["error"] = "missing_token"


def put_invalid_grant(call: Call) -> None:
    """Takes a missing token for an invalid one."""
    put_error(call)
    if call.error.description == MISSING_TOKEN:
        call.answer["error"] = "invalid_grant"


def put_unauthorized_client(call: Call) -> None:
    """Mistakes the code for failed authentication."""
    put_error(call)
    if call.error.error == "invalid_client":
        call.answer["error"] = "unauthorized_client"


def describe_with_input(call: Call) -> None:
    """Repeats in the description what was sent."""
    hint = call.parameters.get("token_type_hint")
    if hint is not None:
        call.answer["error_description"] = f"No token of the type {hint} was sent."


def call_it_invalid(call: Call) -> None:
    """Doesn't know the error code that RFC 7009 adds."""
    if call.token is not None and call.token.kind == "access_token":
        raise OAuthError("invalid_request", "Access tokens can't be revoked.")


DEFECTS = (
    Defect(
        name="revocation-answered-with-204",
        says="A successful revocation is answered with status 204.",
        breaks=("rfc7009-2.2-success-answered-with-200",),
        edits=(before("revocation", "answer_done", answer_no_content),),
    ),
    Defect(
        name="revocation-of-unknown-token-refused",
        says="A request for the revocation of an unknown token is answered with an error.",
        breaks=("rfc7009-2.2-unknown-token-answered-with-200",),
        edits=(after("revocation", "find_token", refuse_unknown_token),),
    ),
    Defect(
        name="revocation-of-revoked-token-refused",
        says="The second revocation of a token is answered with an error.",
        breaks=("rfc7009-2.2-second-revocation-answered-with-200",),
        edits=(after("revocation", "find_token", refuse_revoked_token),),
    ),
    Defect(
        name="revocation-of-expired-token-refused",
        says="A request for the revocation of an expired token is answered with an error.",
        breaks=("rfc7009-2.2-expired-token-answered-with-200",),
        edits=(after("revocation", "find_token", refuse_expired_token),),
    ),
    Defect(
        name="revocation-errors-as-text",
        says="Errors of the revocation endpoint are labeled as plain text.",
        breaks=("rfc7009-2.2.1-errors-are-json",),
        edits=(after("revocation.finish", "forbid_caching", answer_plain_text),),
    ),
    Defect(
        name="revocation-without-token-unprocessable",
        says="A revocation request without token is answered with status 422.",
        breaks=("rfc7009-2.2.1-error-status",),
        edits=(before("revocation.error", "put_error", answer_unprocessable),),
    ),
    Defect(
        name="revocation-error-code-of-its-own",
        says="The error for a revocation request without token is a code that no document defines.",
        breaks=("rfc7009-2.2.1-error-code-defined", "rfc7009-2.2.1-missing-token-invalid-request"),
        edits=(replace("revocation.error", "put_error", put_own_code),),
    ),
    Defect(
        name="revocation-without-token-invalid-grant",
        says="The error for a revocation request without token is invalid_grant.",
        breaks=("rfc7009-2.2.1-missing-token-invalid-request",),
        edits=(replace("revocation.error", "put_error", put_invalid_grant),),
    ),
    Defect(
        name="revocation-failed-authentication-miscalled",
        says="The error for failed client authentication at revocation is unauthorized_client.",
        breaks=("rfc7009-2.2.1-failed-authentication-invalid-client",),
        edits=(replace("revocation.error", "put_error", put_unauthorized_client),),
    ),
    Defect(
        name="revocation-401-without-challenge",
        says="Failed client authentication at revocation is answered without a challenge.",
        breaks=("rfc7009-2.2.1-basic-failure-challenged",),
        edits=(remove("revocation.error", "challenge_basic"),),
    ),
    Defect(
        name="revocation-failed-basic-answered-with-400",
        says="Failed HTTP Basic authentication at revocation is answered with status 400.",
        breaks=("rfc7009-2.2.1-basic-failure-challenged",),
        edits=(remove("revocation.error", "answer_failed_authentication_with_401"),),
    ),
    Defect(
        name="revocation-error-repeats-input",
        says="The description of an error at revocation repeats the hint as it was sent.",
        breaks=("rfc7009-2.2.1-error-members-well-formed",),
        edits=(after("revocation.error", "put_error_description", describe_with_input),),
    ),
    Defect(
        name="revocation-unsupported-called-invalid",
        says="Where access tokens can't be revoked, the error is invalid_request.",
        breaks=("rfc7009-2.2.1-unsupported-token-type-error",),
        edits=(replace("revocation", "refuse_access_token", call_it_invalid),),
        on="access-tokens-not-revocable",
    ),
)
