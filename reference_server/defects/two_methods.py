"""Breaches of RFC 6749 section 2.3 at one endpoint alone: two ways of authenticating in one request are taken there."""

from ..defect import Defect
from ..pipeline import replace
from ..steps.client_authentication import refuse_two_methods
from .conditions import Condition, only


def elsewhere_than(endpoint: str) -> Condition:
    """A request to another endpoint."""
    return lambda call: call.endpoint != endpoint


DEFECTS = tuple(
    Defect(
        name=f"two-methods-taken-at-{endpoint}",
        says=f"The {endpoint} endpoint takes credentials in header and body at once.",
        breaks=("rfc6749-2.3-two-methods-refused",),
        edits=(
            replace("client_authentication", "refuse_two_methods", only(elsewhere_than(endpoint), refuse_two_methods)),
        ),
    )
    for endpoint in ("revocation", "introspection")
)
