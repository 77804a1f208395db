"""The provider's key, and the ID tokens that it signs (OpenID Connect Core section 2)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

# OpenID Connect Discovery section 3: every provider has this one.
ALGORITHM = "RS256"
KEY_BITS = 2048
ID_TOKEN_LIFETIME = 300


@dataclass
class Signer:
    """Signs with one key, which is made when it is first needed: that takes longer than a start may."""

    _made: RSAKey | None = field(default=None, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def key(self) -> RSAKey:
        """The private key, the same for each thread that asks."""
        from joserfc.jwk import RSAKey

        with self._turn:
            self._made = self._made or RSAKey.generate_key(KEY_BITS, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
            return self._made

    def key_set(self) -> dict[str, Any]:
        """RFC 7517 section 5: the public key, for everybody."""
        return {"keys": [self.key.as_dict(private=False)]}

    def id_token(self, issuer: str, subject: str, audience: str, nonce: str | None) -> str:
        """Section 2: who signed in, at whom, for whom; and the nonce of the request, if it had one."""
        from joserfc import jwt

        now = int(time.time())
        claims: dict[str, Any] = {"iss": issuer, "sub": subject, "aud": audience, "iat": now, "auth_time": now}
        claims["exp"] = now + ID_TOKEN_LIFETIME
        if nonce is not None:
            claims["nonce"] = nonce
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, algorithms=[ALGORITHM])
