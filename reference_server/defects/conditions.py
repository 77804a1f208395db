"""Steps that differ from the right ones for some requests only: most mistakes stand in one branch of a server."""

from collections.abc import Callable
from typing import TypeAlias

from ..pipeline import Call, Step, named

Condition: TypeAlias = Callable[[Call], bool]


def asks_for_token(call: Call) -> bool:
    """RFC 6749 section 4.2.1: an implicit request."""
    return call.parameters.get("response_type") == "token"


def by_grant(grant_type: str) -> Condition:
    """A token request with that `grant_type`."""
    return lambda call: call.parameters.get("grant_type") == grant_type


def when(condition: Condition, new: Step, old: Step) -> Step:
    """The new step where the condition holds, else the old one."""
    return named(new.__name__, lambda call: new(call) if condition(call) else old(call))


def only(condition: Condition, step: Step) -> Step:
    """The step where the condition holds, else nothing."""
    return named(step.__name__, lambda call: step(call) if condition(call) else None)


def nothing(call: Call) -> None:
    """Left out."""
