"""For whom access tokens are meant: what introspection or the token itself says of it."""

from __future__ import annotations

import base64
from typing import Any

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.sampling import is_jwt
from conformance.wire.content import read_json

# Another resource server, which nobody has heard of.
ELSEWHERE = "https://resource.attacker.example/"


def audience_of(given: Given, send: Send, tokens: Tokens) -> frozenset[str]:
    """The audience of an access token; Untested where nothing can tell."""
    told = [_claims(tokens.access_token)] if is_jwt(tokens.access_token) else []
    if given.claims("introspection"):
        told.append(send.introspection(tokens.access_token).members)
    if not told:
        raise Untested("nothing tells whom a token is meant for: claim introspection, where the server offers it")
    return frozenset(name for members in told for name in _names(members.get("aud")))


def _names(audience: object) -> list[str]:
    named = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    return [each for each in named if isinstance(each, str) and each]


def meant_for_elsewhere(given: Given, send: Send) -> str:
    """What becomes of a request for a token for a resource server that nobody knows, in words."""
    try:
        tokens = given.tokens(given.any_grant(), resource=ELSEWHERE)
    except Inconclusive:
        return "refused"
    return f"served with a token for {', '.join(sorted(audience_of(given, send, tokens))) or 'nobody in particular'}"


def refreshed_for_elsewhere(given: Given, send: Send) -> tuple[frozenset[str], frozenset[str]]:
    """The audience of a token, and of one that a refresh brought which asked for an unknown resource server.

    Vacuous where the refresh is refused, or the first token is for nobody in particular.
    """
    tokens = given.refreshable()
    before = audience_of(given, send, tokens)
    reply = send.refresh(tokens, resource=ELSEWHERE)
    if not before or not reply.members.get("access_token"):
        raise Vacuous("tokens have no audience" if not before else f"the refresh is refused: {reply}")
    after = audience_of(given, send, given.tokens_in(reply, tokens.client, tokens.grant, None))
    return before, after


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    try:
        claims = read_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
