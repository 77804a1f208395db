"""RFC 8252: native apps, whose secrets prove nothing and whose loopback ports are found at the last moment."""

import re

from ..errors import OAuthError
from ..pipeline import Call

LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:/.*)?)")


def without_port(uri: str) -> str:
    """Section 7.3: a URI on a loopback address without its port, which may be any; others stay as they are."""
    found = LOOPBACK.fullmatch(uri)
    return f"{found[1]}{found[2]}" if found else uri


def match_native_redirect_uri(call: Call) -> None:
    """Section 8.4: exactly one of the registered URIs, but for the port of those on a loopback address."""
    sent = call.parameters.get("redirect_uri")
    if sent is not None and without_port(sent) not in map(without_port, call.client.redirect_uris):
        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def distrust_shared_secret(call: Call) -> None:
    """Section 8.5: the secret of an app is known to whoever has a copy, and proves nothing."""
    if call.client.type == "native":
        call.authenticated = False
