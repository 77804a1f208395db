"""Breaches by which a client that proves who it is acts as another one, whose name it puts into the body."""

from ..defect import Defect
from ..pipeline import Call, Edit, after, named, replace
from ..steps.client_authentication import refuse_other_client_id
from .conditions import Condition, by_grant, only

AUTHENTICATION = "client_authentication"


def revokes(call: Call) -> bool:
    """A token is to be revoked."""
    return call.endpoint == "revocation"


def take_name_in_body(call: Call) -> None:
    """Reads `client_id` once more, after all that was proved."""
    name = call.parameters.get("client_id") or ""
    call.client = call.server.accounts.clients.get(name, call.client)


def acting_as_named(condition: Condition) -> tuple[Edit, ...]:
    """The name in the body counts, whoever has authenticated."""
    return (
        replace(AUTHENTICATION, "refuse_other_client_id", only(lambda c: not condition(c), refuse_other_client_id)),
        after(AUTHENTICATION, "forget_failures", named("take_name_in_body", only(condition, take_name_in_body))),
    )


DEFECTS = (
    Defect(
        name="refresh-in-the-name-of-another",
        says="A client that authenticates refreshes tokens of the client that it names in the body.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=acting_as_named(by_grant("refresh_token")),
    ),
    Defect(
        name="revocation-in-the-name-of-another",
        says="A client that authenticates revokes tokens of the client that it names in the body.",
        breaks=("rfc7009-2.1-foreign-access-token-survives",),
        edits=acting_as_named(revokes),
    ),
)
