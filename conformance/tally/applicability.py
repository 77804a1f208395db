"""Whether a requirement applies to a target at all: by its role, by what its profile claims and what it declines."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.tally.catalogue import Requirement
from conformance.tally.claims import takers_of

SERVER, CLIENT = "authorization-server", "client"
# Whose requirements a run judges, by what its target is.
ROLES_TESTED: Mapping[str, tuple[str, ...]] = {SERVER: (SERVER, "resource-server"), CLIENT: (CLIENT,)}


def not_applicable(
    requirement: Requirement, features: frozenset[str], declined: Mapping[str, str], role: str = SERVER
) -> str | None:
    """Why a requirement is not applicable to a target of a role, in words; None when it is applicable."""
    if requirement.role not in ROLES_TESTED[role]:
        return f"binds the {requirement.role.replace('-', ' ')}"
    reason = next((declined[name] for name in (requirement.id, *requirement.needs) if name in declined), None)
    if reason is not None:
        return f"declined by the profile: {reason}"
    missing = [name for name in requirement.needs if name not in features]
    if missing == ["tls"]:
        return "the target is on loopback without TLS"
    return f"the profile doesn't claim {', '.join(missing)}" if missing else None


def not_claimed(requirement: Requirement) -> str:
    """Why a requirement is not applicable that is judged in an outlook at most."""
    return f"not claimed: `claims` of the profile names no {' or '.join(takers_of(requirement))}"
