"""RFC 9449: proofs of possession, and tokens that are bound to the keys of those who asked for them.

These steps are in no list by default: tokens are bearer tokens unless a server adds them.
"""

import base64
import hashlib
import time
from typing import Any

from ..errors import OAuthError
from ..pipeline import Call
from .bearer import invalid_token
from .grant_authorization_code import invalid_grant

ALGORITHM = "ES256"
PROOF_TYPE = "dpop+jwt"
PROOF_SECONDS = 300


def read_proof(call: Call) -> None:
    """Sections 4.3 and 5: a token request may bring one proof, which says whose tokens these will be."""
    if call.header(b"dpop") is not None:
        call.sender_key = key_of_proof(call, None)


def key_of_proof(call: Call, token: str | None) -> str:
    """Section 4.3: the thumbprint of the key, once everything that the proof says has been held against the request."""
    proofs = call.header_values(b"dpop")
    if len(proofs) != 1:
        raise invalid_proof("One proof is needed.")
    thumbprint, claims = _verified(proofs[0])
    expected = {"htm": call.method, "htu": call.server.settings.issuer + call.path}
    if token is not None:
        digest = hashlib.sha256(token.encode()).digest()
        expected["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    issued_at = claims.get("iat")
    if any(claims.get(name) != value for name, value in expected.items()):
        raise invalid_proof("The proof is for another request.")
    if not isinstance(issued_at, int) or abs(time.time() - issued_at) > PROOF_SECONDS:
        raise invalid_proof("The proof is too old.")
    refuse_used_proof(call, claims.get("jti"))
    return thumbprint


def refuse_used_proof(call: Call, identifier: object) -> None:
    """Section 11.1: a proof counts once."""
    if not isinstance(identifier, str) or not call.server.store.use_proof(identifier):
        raise invalid_proof("The proof was used before.")


def _verified(proof: str) -> tuple[str, dict[str, Any]]:
    """Section 4.3: a signed JWT of the right type, by the public key in its header."""
    from joserfc import jws, jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    try:
        header = jws.extract_compact(proof.encode()).headers()
        if header.get("typ") != PROOF_TYPE or header.get("alg") != ALGORITHM or "d" in header["jwk"]:
            raise invalid_proof("The proof is of another type.")
        key = ECKey.import_key(header["jwk"])
        return key.thumbprint(), dict(jwt.decode(proof, key, algorithms=[ALGORITHM]).claims)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise invalid_proof("The proof is not valid.") from error


def invalid_proof(description: str) -> OAuthError:
    """Section 5: an error code of its own."""
    return OAuthError("invalid_dpop_proof", description)


def bind_access_token(call: Call) -> None:
    """Section 6: from now on the token is good with proofs by this key alone."""
    if call.sender_key is not None:
        call.server.store.bind(call.access_token, call.sender_key)


def bind_refresh_token(call: Call) -> None:
    """Section 5: a public client has nothing else to show; a confidential one authenticates."""
    if call.refresh_token is not None and call.sender_key is not None and not call.client.confidential:
        call.server.store.bind(call.refresh_token, call.sender_key)


def check_refresh_key(call: Call) -> None:
    """Section 5: a bound refresh token needs a proof by the same key."""
    bound = call.server.store.key_of(call.found_token.hash)
    if bound is not None and bound != call.sender_key:
        raise invalid_grant("The refresh token is bound to another key.")


def put_dpop_type(call: Call) -> None:
    """Section 5: the type of a bound token is DPoP."""
    if call.sender_key is not None:
        call.answer["token_type"] = "DPoP"


def collect_dpop_token(call: Call) -> None:
    """Section 7.1: a bound token comes by a scheme of its own."""
    for header in call.header_values(b"authorization"):
        scheme, _, value = header.strip().partition(" ")
        if scheme.lower() == "dpop":
            call.bearer_values.append(value.strip())
            call.with_proof = True


def check_proof(call: Call) -> None:
    """Section 7.1: the proof has to be by the key that the token is bound to; a bearer token is bound to none."""
    bound = call.server.store.key_of(call.bearer.hash)
    if bound != (key_at_resource(call) if call.with_proof else None):
        raise invalid_token()


def key_at_resource(call: Call) -> str:
    """Section 7.1: a bad proof is told of with 401 there."""
    try:
        return key_of_proof(call, call.bearer_values[0])
    except OAuthError as error:
        raise OAuthError(error.error, error.description, 401) from error


def put_confirmation(call: Call) -> None:
    """Section 6.2: introspection names the key."""
    bound = call.server.store.key_of(call.found_token.hash)
    if bound is not None:
        call.answer |= {"cnf": {"jkt": bound}}
        if "token_type" in call.answer:
            call.answer["token_type"] = "DPoP"


def put_dpop_algorithms(call: Call) -> None:
    """Section 5.1: by this clients know that there are bound tokens."""
    call.answer["dpop_signing_alg_values_supported"] = [ALGORITHM]
