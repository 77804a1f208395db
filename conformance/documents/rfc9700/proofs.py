"""Proofs of possession (DPoP, RFC 9449), and the tokens that were asked for with one."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.procedures.resource_access import resource_grant
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from joserfc.jwk import ECKey

ALGORITHM = "ES256"
Headers = list[tuple[str, str]]


def _new_key() -> ECKey:
    # Imported late: most runs never need a key.
    from joserfc.jwk import ECKey

    return ECKey.generate_key("P-256")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a key of his own."""

    key: ECKey = field(default_factory=_new_key, repr=False)

    @property
    def thumbprint(self) -> str:
        """What tokens are bound to (RFC 7638)."""
        return self.key.thumbprint()

    def proof(self, method: str, url: str, token: str | None = None, nonce: str | None = None) -> tuple[str, str]:
        """A header that proves possession of the key, for one request (sections 4.2 and 7.1)."""
        from joserfc import jwt

        header: dict[str, Any] = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": self.key.as_dict(private=False)}
        claims: dict[str, Any] = {"jti": str(uuid.uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        if nonce is not None:
            claims["nonce"] = nonce
        return "DPoP", jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])


def reply_with_proof(holder: Holder, url: str, ask: Callable[[Headers], Reply]) -> Reply:
    """A token request with a proof; once more where the server first gives a nonce to put into it (section 8)."""
    reply = ask([holder.proof("POST", url)])
    nonce = reply.header("DPoP-Nonce")
    if reply.members.get("error") == "use_dpop_nonce" and nonce:
        return ask([holder.proof("POST", url, nonce=nonce)])
    return reply


@dataclass(frozen=True, slots=True)
class Bound:
    """Tokens that were asked for with a proof, and who holds the key."""

    holder: Holder
    tokens: Tokens
    reply: Reply


def bound_tokens(given: Given, send: Send, target: Target, client: Client | None = None) -> Bound:
    """Tokens that were asked for with a proof: by a code of the client, or by the grant whose tokens open resources."""
    holder, url = Holder(), target.url("token")
    grant = "authorization_code" if client else resource_grant(given)
    asking = client or given.client_for(grant)
    if grant == "authorization_code":
        code = given.authorization_code(asking)
        reply = reply_with_proof(holder, url, lambda headers: send.code_exchange(code, headers=headers))
    else:
        reply = reply_with_proof(holder, url, lambda headers: send.grant(grant, asking, headers=headers))
    return Bound(holder, given.tokens_in(reply, asking, grant, None), reply)


def bound_refreshable(given: Given, send: Send, target: Target) -> Bound:
    """A public client's refresh token that was asked for with a proof; Vacuous where none came."""
    client = seen_exchanged(given, given.client("public"))
    bound = bound_tokens(given, send, target, client)
    if bound.tokens.refresh_token is None:
        raise Vacuous("no refresh token comes for the public client, with a proof either")
    return bound


def refreshed_by(send: Send, target: Target, bound: Bound, holder: Holder | None) -> Reply:
    """A refresh with a proof by somebody's key, or without any."""
    if holder is None:
        return send.refresh(bound.tokens)
    return reply_with_proof(holder, target.url("token"), lambda headers: send.refresh(bound.tokens, headers=headers))


def bound_successor(given: Given, send: Send, target: Target) -> Bound:
    """What the holder's refresh gave in place of a bound refresh token; Vacuous where that goes on."""
    bound = bound_refreshable(given, send, target)
    reply = refreshed_by(send, target, bound, bound.holder)
    tokens = given.tokens_in(reply, bound.tokens.client, "authorization_code", None)
    if tokens.refresh_token is None or tokens.refresh_token == bound.tokens.refresh_token:
        raise Vacuous("a refresh brings no new refresh token")
    return Bound(bound.holder, tokens, reply)


def refreshed_for_holder(given: Given, send: Send, target: Target) -> Bound:
    """What the holder of the key gets by a refresh with a proof, once the resource was seen to take the first token.

    Vacuous where the refresh brings no token.
    """
    bound = bound_refreshable(given, send, target)
    opening_proof(send, target, bound)
    reply = refreshed_by(send, target, bound, bound.holder)
    if not reply.members.get("access_token"):
        raise Vacuous(f"a refresh with a proof brings no access token: {reply}")
    return Bound(bound.holder, given.tokens_in(reply, bound.tokens.client, bound.tokens.grant, None), reply)


def refreshable_by_holder(given: Given, send: Send, target: Target, bound: Bound) -> None:
    """The control behind a refusal: the holder of the key refreshes, with this token or a fresh one."""

    def is_served() -> bool:
        reply = refreshed_by(send, target, bound, bound.holder)
        return reply.is_success and bool(reply.members.get("access_token"))

    given.control(is_served)


def opened_with(send: Send, target: Target, bound: Bound, proof: tuple[str, str] | None, method: str = "GET") -> Reply:
    """The protected resource's answer to a bound token, with a proof or, as any bearer would, without one."""
    token = bound.tokens.access_token
    if proof is None:
        return send.resource(token, method=method)
    return send.resource(None, headers=[("Authorization", f"DPoP {token}"), proof], method=method)


def opening_proof(send: Send, target: Target, bound: Bound) -> tuple[str, str]:
    """A proof for the protected resource that was seen to open it."""
    proof, reply = _proven_at_resource(send, target, bound, "GET")
    if not reply.is_served:
        raise Inconclusive(f"positive control: a bound token with its proof should open the resource, but got {reply}")
    return proof


def taken_by_post(send: Send, target: Target, bound: Bound) -> None:
    """The protected resource is open to a bound token with its proof by POST as well; Vacuous where it isn't."""
    _, reply = _proven_at_resource(send, target, bound, "POST")
    if not reply.is_served:
        raise Vacuous(f"the protected resource serves no bound token by POST: {reply}")


def _proven_at_resource(send: Send, target: Target, bound: Bound, method: str) -> tuple[tuple[str, str], Reply]:
    """A proof, and what the protected resource answered to it; with the server's nonce where it gives one."""
    url, token = target.url("protected_resource"), bound.tokens.access_token
    proof = bound.holder.proof(method, url, token)
    reply = opened_with(send, target, bound, proof, method)
    nonce = reply.header("DPoP-Nonce")
    if reply.status == 401 and nonce:
        proof = bound.holder.proof(method, url, token, nonce)
        reply = opened_with(send, target, bound, proof, method)
    return proof, reply


def key_told(given: Given, send: Send, tokens: Tokens) -> object:
    """What introspection says of the key that a token is bound to; None for nothing."""
    if not given.claims("introspection"):
        return None
    return send.introspection(tokens.access_token).members.get("cnf")


def without_proof(bound: Bound) -> Bound:
    """The same tokens in the hands of somebody else."""
    return replace(bound, holder=Holder())
