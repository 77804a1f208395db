"""What a stage says besides where the scope `openid` is asked for: ID tokens and a key to check them by.

Plain ones, as many client libraries want them (OpenID Connect Core 1.0). What a client does with them isn't judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from .pipeline import Call, Edit, after, before, named, replace, setting
from .provider.signing import ALGORITHM, Signer

SCOPE = "openid"
JWKS = "/jwks"


def identified(places: Mapping[str, str], signer: Signer, endpoints: tuple[str, ...]) -> tuple[Edit, ...]:
    """The edits of a stage that knows OpenID Connect; `places` are its endpoints, which it serves beside its keys."""
    jwks_uri = places["authorization"].partition("/oauth/")[0] + JWKS

    def put_key_set(call: Call) -> None:
        """Discovery section 3: what a client that checks ID tokens can't do without."""
        call.answer["jwks_uri"] = jwks_uri
        call.answer["subject_types_supported"] = ["public"]
        call.answer["id_token_signing_alg_values_supported"] = [ALGORITHM]

    def put_keys(call: Call) -> None:
        """RFC 7517 section 5."""
        call.answer.update(signer.key_set())

    def put_id_token(call: Call) -> None:
        """Sections 3.1.3.3 and 12.2: for the resource owner's tokens; after a refresh without a nonce."""
        if SCOPE in call.scope and call.grant.username is not None:
            nonce = call.server.kept.get("nonce") if call.grant_type == "authorization_code" else None
            call.answer["id_token"] = signer.id_token(
                call.server.settings.identifier, call.grant.username, call.client.client_id, nonce
            )

    return (
        setting(endpoints=(*endpoints, "jwks")),
        after("metadata", "put_endpoints", put_key_set),
        replace("jwks", "put_keys", named("put_keys", put_keys)),
        before("authorization.code_response", "make_code", keep_nonce),
        after("token.response", "put_scope", put_id_token),
    )


def keep_nonce(call: Call) -> None:
    """Section 2: the nonce of the request comes back in the ID token. Logins at a stage follow one another."""
    call.server.kept.pop("nonce", None)
    nonce = call.parameters.get("nonce")
    if nonce is not None:
        call.server.kept["nonce"] = nonce
