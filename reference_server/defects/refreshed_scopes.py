"""Breaches of RFC 6749 section 6: a refresh without scope brings what was never granted."""

from ..defect import Defect
from ..pipeline import Call, replace
from ..steps.grant_refresh_token import take_granted_scope
from .conditions import Condition, when


def take_scope_of_client(call: Call) -> None:
    """Takes what a client may ask for at most."""
    names = call.server.settings.user_scopes
    call.scope = tuple(name for name in call.client.scopes if name in names)


def is_public(call: Call) -> bool:
    """The client has no secret."""
    return not call.client.confidential


def has_secret(call: Call) -> bool:
    """The client has a secret."""
    return call.client.confidential


CLIENTS: tuple[tuple[str, Condition], ...] = (("public", is_public), ("confidential", has_secret))
DEFECTS = tuple(
    Defect(
        name=f"refresh-without-scope-brings-all-to-{kind}-clients",
        says=f"A refresh without scope brings a {kind} client all that it may ask for, whatever was granted.",
        breaks=("rfc6749-6-omitted-scope-is-full-grant",),
        edits=(
            replace(
                "grant.refresh_token", "take_granted_scope", when(condition, take_scope_of_client, take_granted_scope)
            ),
        ),
    )
    for kind, condition in CLIENTS
)
