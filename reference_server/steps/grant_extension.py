"""RFC 6749 section 4.5: a small extension grant type, named by an absolute URI."""

from ..errors import OAuthError
from ..pipeline import Call
from ..secrets import same
from .grant_authorization_code import invalid_grant


def require_assertion(call: Call) -> None:
    """Section 4.5: the parameter that this extension defines."""
    if call.parameters.get("assertion") is None:
        raise OAuthError("invalid_request", "The assertion parameter is missing.")


def check_assertion(call: Call) -> None:
    """Section 4.5: one demo value is good; a real extension would verify a signature here."""
    assertion = call.parameters.get("assertion") or ""
    if not same(assertion.encode(), call.server.settings.extension_assertion.encode()):
        raise invalid_grant("The assertion is invalid.")
