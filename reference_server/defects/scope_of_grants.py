"""Breaches in what a scope means to one grant: factories that the modules of the grants use."""

from ..errors import OAuthError
from ..pipeline import Call, Step
from ..steps.scope import invalid_scope


def demand_scope(grant: str) -> Step:
    """A grant that doesn't go without `scope`, and says so by the wrong code."""

    def require_scope(call: Call) -> None:
        """Takes an optional parameter for a required one."""
        if call.grant_type == grant and call.parameters.get("scope") is None:
            raise OAuthError("invalid_request", "The scope parameter is missing.")

    return require_scope


def demand_whole_scope(grant: str) -> Step:
    """A grant that compares `scope` with what is registered as a whole, not name by name."""

    def compare_scope_as_text(call: Call) -> None:
        """Finds no part of a list equal to the list."""
        settings = call.server.settings
        known = settings.user_scopes if call.kind == "user" else settings.app_scopes
        registered = " ".join(name for name in known if name in call.client.scopes)
        if call.grant_type == grant and call.parameters.get("scope") not in (None, registered):
            raise invalid_scope("The scope is not available to this client.")

    return compare_scope_as_text
