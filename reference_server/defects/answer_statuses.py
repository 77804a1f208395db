"""Breaches of RFC 6749 section 5.2 by the status alone: what the answer says is right."""

from ..defect import Defect
from ..pipeline import Call, before


def not_implemented(call: Call) -> None:
    """Takes the name of the error for the name of the status."""
    if call.error.error == "unsupported_grant_type":
        call.error.status = 501


DEFECTS = (
    Defect(
        name="unsupported-grant-type-with-status-501",
        says="An unknown grant type is refused with status 501.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=(before("token.error", "put_error", not_implemented),),
    ),
)
