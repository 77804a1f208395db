"""RFC 6749 section 3.3, and the documented API: `me` and its likes for users, `app` and `basic` for apps."""

import re

from ..errors import OAuthError
from ..pipeline import Call

SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*")


def invalid_scope(description: str) -> OAuthError:
    """Sections 4.1.2.1 and 5.2: invalid, unknown, malformed, or more than was granted."""
    return OAuthError("invalid_scope", description)


def check_scope_syntax(call: Call) -> None:
    """Section 3.3: names of printable characters with one space between them."""
    scope = call.parameters.get("scope")
    if scope is not None and not SCOPE.fullmatch(scope):
        raise invalid_scope("The scope is malformed.")


def read_scope(call: Call) -> None:
    """Section 3.3: a set of case-sensitive names; order and repetition mean nothing."""
    call.scope = tuple(dict.fromkeys((call.parameters.get("scope") or "").split()))


def use_default_scope(call: Call) -> None:
    """Section 3.3: a request without scope gets the documented default."""
    if not call.scope:
        call.scope = (call.server.settings.default_scopes[call.kind],)


def refuse_unknown_scope(call: Call) -> None:
    """Section 5.2: names that the server doesn't know are refused, not dropped."""
    settings = call.server.settings
    if not set(call.scope) <= {*settings.user_scopes, *settings.app_scopes}:
        raise invalid_scope("The scope is unknown.")


def refuse_scope_of_other_kind(call: Call) -> None:
    """The documented API: no user scope without a user, no app scope through one."""
    if not set(call.scope) <= set(call.server.settings.scopes[call.kind]):
        raise invalid_scope("The scope is not available in this flow.")


def refuse_scope_beyond_client(call: Call) -> None:
    """Section 3.3: a client gets no more than it is registered for."""
    if not set(call.scope) <= set(call.client.scopes):
        raise invalid_scope("The scope is not available to this client.")
