"""Breaches of RFC 7662 that show with one way to ask: with a hint, or with credentials in the body."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, before, replace
from ..steps.introspection import answer_inactive


def refuse_unknown_of_hint(call: Call) -> None:
    """Looks in the table that the hint names, and finds no row."""
    if call.token is None and call.parameters.get("token_type_hint"):
        raise OAuthError("invalid_request", "There is no such token.", 404)


def answer_inactive_unless_asked_by_body(call: Call) -> Response | None:
    """Reads the list of revoked tokens in one of two handlers."""
    asked_by_body = call.parameters.get("client_secret") is not None
    if asked_by_body and call.token is not None and call.token.fresh:
        return None
    return answer_inactive(call)


DEFECTS = (
    Defect(
        name="introspection-unknown-token-of-hint-not-found",
        says="Introspection of an unknown token with a hint is answered with status 404.",
        breaks=("rfc7662-2.2-unknown-token-inactive",),
        edits=(before("introspection", "answer_inactive", refuse_unknown_of_hint),),
    ),
    Defect(
        name="introspection-by-body-tells-of-no-revocation",
        says="A caller whose credentials stand in the body is told that revoked tokens are active.",
        breaks=("rfc7662-2.2-revoked-token-inactive",),
        edits=(replace("introspection", "answer_inactive", answer_inactive_unless_asked_by_body),),
    ),
)
