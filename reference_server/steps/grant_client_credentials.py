"""RFC 6749 section 4.4: the client acts for itself."""

from ..errors import OAuthError
from ..pipeline import Call


def require_authenticated_client(call: Call) -> None:
    """Section 4.4: confidential clients only, and only when they have authenticated."""
    if not call.authenticated:
        raise OAuthError("unauthorized_client", "Only an authenticated client may use this grant type.")


def ask_for_app_scope(call: Call) -> None:
    """The documented API: no user, so app scopes."""
    call.kind = "app"
