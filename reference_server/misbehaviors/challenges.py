"""What servers say about PKCE that may tempt a client to do less (RFC 7636)."""

from __future__ import annotations

from ..errors import OAuthError
from ..misbehavior import LARGE, Misbehavior
from ..pipeline import Call, named, replace, setting
from ..steps.metadata import put_code_challenge_methods


def refuse_hash(call: Call) -> None:
    """Section 4.4.1: the transformation isn't supported, or so an attacker has it."""
    if call.parameters.get("code_challenge_method") == "S256":
        raise OAuthError("invalid_request", "The transform algorithm is not supported.")


def put_plain_alone(call: Call) -> None:
    """Section 7.2: whoever can tell a client this wants the verifier in the request."""
    call.answer["code_challenge_methods_supported"] = ["plain"]


MISBEHAVIORS = (
    Misbehavior(
        name="s256-refused",
        says="the server refuses challenges by S256",
        edits=(replace("authorization.validate_request", "check_code_challenge_method", refuse_hash),),
    ),
    Misbehavior(
        name="pkce-plain-announced-alone",
        says="of the methods of PKCE the metadata name plain alone",
        edits=(
            replace(
                "metadata",
                "put_code_challenge_methods",
                named(put_code_challenge_methods.__name__, put_plain_alone),
            ),
        ),
    ),
    Misbehavior(
        name="pkce-s256-announced-alone",
        says="of the methods of PKCE the server knows S256 alone",
        edits=(setting(pkce_methods=("S256",)),),
        company=LARGE,
    ),
)
