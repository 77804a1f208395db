"""Breaches of RFC 7636 and RFC 8414 that only drawn verifiers and paths show."""

import json

from ..defect import Defect
from ..pipeline import Call, Response, replace
from ..settings import METADATA_PATH
from ..steps.grant_authorization_code import check_code_verifier, invalid_grant
from ..steps.transport import answer_not_found

LONG = 100


def refuse_long_with_dots(call: Call) -> None:
    """Takes what is long and has dots for a token of another kind."""
    verifier = call.parameters.get("code_verifier") or ""
    if len(verifier) > LONG and "." in verifier and call.code.challenge_method == "S256":
        raise invalid_grant("The code verifier is a token.")
    check_code_verifier(call)


def answer_odd_issuer(call: Call) -> Response:
    """A firewall has a page of its own for what it doesn't like, and answers with success."""
    if not call.path.startswith(METADATA_PATH) or not set(call.path) & set(";'()*"):
        return answer_not_found(call)
    return Response(200, json.dumps({"error": "blocked"}).encode(), [("Content-Type", "application/json")])


DEFECTS = (
    Defect(
        name="long-verifier-with-dots-refused",
        says="A verifier of more than 100 characters with a full stop in it is refused.",
        breaks=("rfc7636-4.1-unreserved-characters-served",),
        edits=(replace("grant.authorization_code", "check_code_verifier", refuse_long_with_dots),),
        fuzz=True,
    ),
    Defect(
        name="odd-issuer-answered-with-200",
        says="Metadata of an issuer with odd characters in its path is an error with the status 200.",
        breaks=("rfc8414-3.2-error-status",),
        edits=(replace("not_found", "answer_not_found", answer_odd_issuer),),
        fuzz=True,
    ),
)
