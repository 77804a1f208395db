"""RFC 6749 section 4.1.3 and RFC 7636 section 4.6: what a code has to pass before it becomes tokens."""

import base64
import hashlib
import re

from ..errors import OAuthError
from ..pipeline import Call
from ..secrets import same

VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def invalid_grant(description: str) -> OAuthError:
    """Section 5.2: invalid, expired, revoked, bound to another redirect URI or another client."""
    return OAuthError("invalid_grant", description)


def require_code(call: Call) -> None:
    """Section 4.1.3: `code` is required."""
    if call.parameters.get("code") is None:
        raise OAuthError("invalid_request", "The code parameter is missing.")


def find_code(call: Call) -> None:
    """Section 4.1.3: the code is one that this server gave out."""
    code = call.server.store.find_code(call.parameters.get("code") or "")
    if code is None:
        raise invalid_grant("The authorization code is invalid.")
    call.code = code


def check_code_client(call: Call) -> None:
    """Sections 4.1.3 and 10.5: a code is good for the client that it was given to."""
    if call.code.grant.client_id != call.client.client_id:
        raise invalid_grant("The authorization code is invalid.")


def revoke_tokens_of_replayed_code(call: Call) -> None:
    """Section 4.1.2: a code that comes twice was stolen from somebody, so what it has bought is revoked."""
    if call.code.used_at is not None:
        call.server.store.revoke_grant(call.code.grant)


def check_code_unused(call: Call) -> None:
    """Section 4.1.2: a code works once."""
    if call.code.used_at is not None:
        raise invalid_grant("The authorization code is invalid.")


def check_code_fresh(call: Call) -> None:
    """Section 4.1.2: a code lives shortly."""
    if not call.code.fresh:
        raise invalid_grant("The authorization code has expired.")


def require_redirect_uri(call: Call) -> None:
    """Section 4.1.3: `redirect_uri` is required if the authorization request had one."""
    if call.code.redirect_uri is not None and call.parameters.get("redirect_uri") is None:
        raise invalid_grant("The redirect_uri parameter is missing.")


def check_redirect_uri(call: Call) -> None:
    """Section 4.1.3: it is identical to the one that the code was sent to; one that nobody sent before is wrong too,
    unless it names the only one that there was."""
    sent = call.parameters.get("redirect_uri")
    expected = call.code.redirect_uri or "".join(call.client.redirect_uris[:1])
    if sent is not None and sent != expected:
        raise invalid_grant("The redirect_uri parameter differs from the authorization request.")


def refuse_unexpected_verifier(call: Call) -> None:
    """RFC 9700 section 2.1.1: a verifier without a challenge means that somebody removed the challenge."""
    if call.code.challenge is None and call.parameters.get("code_verifier") is not None:
        raise invalid_grant("The authorization request had no code challenge.")


def require_code_verifier(call: Call) -> None:
    """RFC 7636 section 4.5: a code with a challenge needs the verifier, well formed."""
    verifier = call.parameters.get("code_verifier")
    if call.code.challenge is not None and (verifier is None or not VERIFIER.fullmatch(verifier)):
        raise invalid_grant("The code verifier is missing or malformed.")


def transformed(verifier: str, method: str | None) -> str:
    """RFC 7636 section 4.2: what a verifier is by a method, as a challenge."""
    if method != "S256":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode("ascii")


def check_code_verifier(call: Call) -> None:
    """RFC 7636 section 4.6: the verifier, transformed as announced, is the challenge."""
    if call.code.challenge is None:
        return
    value = transformed(call.parameters.get("code_verifier") or "", call.code.challenge_method)
    if not same(value.encode(), call.code.challenge.encode()):
        raise invalid_grant("The code verifier does not match.")


def consume_code(call: Call) -> None:
    """Section 4.1.2: of two requests at the same moment, one wins; the other is a replay."""
    if not call.server.store.use_code(call.code):
        call.server.store.revoke_grant(call.code.grant)
        raise invalid_grant("The authorization code is invalid.")


def take_grant_of_code(call: Call) -> None:
    """Section 4.1.4: the tokens carry what the resource owner has granted."""
    call.grant = call.code.grant
    call.scope = call.grant.scope
    call.with_refresh_token = True
