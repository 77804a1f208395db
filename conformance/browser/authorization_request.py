"""An authorization request, before a user agent sends it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from conformance.profile.target import Client


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """The parameters of an authorization request, and the PKCE verifier that goes with them."""

    client: Client
    pairs: tuple[tuple[str, str], ...]
    verifier: str | None

    def get(self, name: str) -> str | None:
        """The first value sent for a parameter."""
        return next((value for key, value in self.pairs if key == name), None)


def challenge(verifier: str | None, method: str) -> dict[str, str]:
    """The parameters that show a PKCE verifier's challenge, by `plain` or `S256`; none without a verifier."""
    if verifier is None:
        return {}
    if method == "plain":
        return {"code_challenge": verifier, "code_challenge_method": "plain"}
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"code_challenge": challenge, "code_challenge_method": "S256"}
