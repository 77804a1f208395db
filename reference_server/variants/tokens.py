"""Conformant servers whose tokens, and answers about tokens, look otherwise (RFC 6749 sections 5 to 7)."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from ..pipeline import Call, before, remove, replace, setting
from ..secrets import keyed_hash, random_value
from ..steps.client_authentication import failed
from ..steps.token_response import access_token_lifetime
from ..variant import Variant

ERROR_LISTS = ("token.error", "revocation.error", "introspection.error")
# Where access tokens are made, and where their type is told.
TOKEN_MAKERS = ("issue", "authorization.implicit_response")
TOKEN_ANSWERS = ("token.response", "authorization.implicit_response")


def issue_refresh_token_beside_old(call: Call) -> None:
    """Section 6: the old refresh token may be revoked, and needn't be."""
    call.with_refresh_token = True


def refuse_public_client(call: Call) -> None:
    """Section 2.3: which clients a server serves without authentication is its own matter, grant by grant."""
    if not call.client.confidential:
        raise failed()


def add_members(call: Call) -> None:
    """Section 5.1: clients pass over what they don't know, whatever its type."""
    call.answer |= {
        "not-before-policy": 0,
        "reference_server.node": "eu-1",
        "reference_server_hints": {"scope": "elsewhere", "access_token": None},
        "reference_server_list": [1, "two", None],
        "id_token_hint": None,
    }


def add_error_members(call: Call) -> None:
    """Section 5.2: the same for errors; a number is a number there too."""
    add_members(call)
    call.answer |= {"expires_in": 60, "status": call.error.status}


def add_response_parameters(call: Call) -> None:
    """Sections 4.1.2 and 4.2.2: clients ignore response parameters that they don't know."""
    call.answer["reference_server.node"] = "eu-1"


def put_capital_token_type(call: Call) -> None:
    """Section 5.1: the type is compared without case."""
    call.answer["token_type"] = "Bearer"


def make_jwt(call: Call) -> None:
    """Section 1.4: a token may carry its own information, signed so that nobody can change it."""
    lifetime = access_token_lifetime(call)
    now = int(time.time())
    claims = {
        "iss": call.server.settings.identifier,
        "sub": call.grant.username or call.grant.client_id,
        "scope": " ".join(call.scope),
        "iat": now,
        "exp": now + lifetime,
        "jti": random_value(),
    }
    signed = f"{_encoded({'typ': 'at+jwt', 'alg': 'HS256'})}.{_encoded(claims)}"
    call.access_token = f"{signed}.{_base64(keyed_hash(call.server.key, signed))}"
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def _encoded(content: Mapping[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def make_short_token(call: Call) -> None:
    """Section 5.1: sizes are left open; this one has a prefix, 160 random bits in hexadecimal, and means nothing."""
    call.access_token = "rs_at_" + keyed_hash(call.server.key, random_value()).hex()[:40]
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def answer_header_authentication_with_401(call: Call) -> None:
    """Section 5.2: 401 is demanded only where the Authorization header was used."""
    if call.error.error == "invalid_client" and call.header(b"authorization") is not None:
        call.error.status = 401


def put_error_uri(call: Call) -> None:
    """Section 5.2: a page about the error, as a reference relative to the endpoint."""
    call.answer["error_uri"] = f"/docs/errors?code={call.error.error}#{call.error.status}"


VARIANTS = (
    Variant(
        name="reusable-refresh-tokens",
        says="A refresh token stays good until it expires; no new one comes with a refresh.",
        edits=(setting(rotate_refresh_tokens=False),),
        changes={
            "rfc6749-6-new-refresh-token-redeemable": "vacuous",
            "rfc6749-6-new-refresh-token-same-scope": "vacuous",
            "rfc6749-6-old-refresh-token-may-be-revoked": "vacuous",
        },
    ),
    Variant(
        name="old-refresh-token-lives",
        says="A refresh brings a new refresh token, and the old one stays good beside it.",
        edits=(replace("grant.refresh_token", "rotate", issue_refresh_token_beside_old),),
    ),
    Variant(
        name="refresh-tokens-for-codes-only",
        says="A refresh token comes with the authorization code grant, and with no other.",
        edits=(remove("grant.password", "offer_refresh_token"),),
    ),
    Variant(
        name="refreshing-takes-a-secret",
        says="Public clients are given refresh tokens like all others, and refreshing takes client authentication.",
        edits=(before("grant.refresh_token", "require_refresh_token", refuse_public_client),),
        profile={"clients": {"public": {"grants": ["authorization_code", "implicit", "password"]}}},
    ),
    Variant(
        name="extra-members",
        says="Every answer has members and parameters beyond those of the RFCs, of all types.",
        edits=(
            before("token.response", "render_json", add_members),
            before("introspection.response", "render_description", add_members),
            before("token_info", "render_info", add_members),
            before("authorization.code_response", "redirect_with_query", add_response_parameters),
            before("authorization.implicit_response", "redirect_with_fragment", add_response_parameters),
            *(before(name, "render_json_error", add_error_members) for name in ERROR_LISTS),
        ),
        changes={"rfc6749-5.2-error-numbers-as-numbers": "passed"},
    ),
    Variant(
        name="capital-bearer",
        says="The token type is spelled `Bearer`.",
        edits=(
            *(replace(name, "put_token_type", put_capital_token_type) for name in TOKEN_ANSWERS),
            replace("introspection.response", "put_token_type", put_capital_token_type),
        ),
    ),
    Variant(
        name="jwt-access-tokens",
        says="Access tokens are JSON Web Tokens.",
        edits=tuple(replace(name, "make_access_token", make_jwt) for name in TOKEN_MAKERS),
    ),
    Variant(
        name="short-lived-opaque-tokens",
        says="Access tokens are short, opaque, with a prefix, and live two minutes.",
        edits=(
            setting(access_token_lifetime=120),
            *(replace(name, "make_access_token", make_short_token) for name in TOKEN_MAKERS),
        ),
    ),
    Variant(
        name="undisclosed-lifetime",
        says="No answer tells the access token's lifetime: it stands in the documentation.",
        edits=tuple(remove(name, "put_expires_in") for name in TOKEN_ANSWERS),
        # The documented API tells it, so this server doesn't claim the flows that answer with it.
        profile={"documented": {"m2m": False, "scopes": False}},
        changes={
            "rfc6749-5.1-expires-in-present": "warned",
            "rfc6749-5.1-expires-in-counts-seconds": "vacuous",
            "rfc6749-5.1-success-numbers-as-numbers": "vacuous",
            "rfc6750-5.3-short-lived-tokens": "vacuous",
        },
    ),
    Variant(
        name="400-for-body-authentication",
        says="Failed client authentication in the body is answered with 400.",
        edits=tuple(
            replace(name, "answer_failed_authentication_with_401", answer_header_authentication_with_401)
            for name in ERROR_LISTS
        ),
    ),
    Variant(
        name="detailed-errors",
        says="Errors come with a description and a URI.",
        edits=tuple(before(name, "render_json_error", put_error_uri) for name in ERROR_LISTS),
        changes={
            "rfc6749-5.2-error-uri-names-web-page": "passed",
            "rfc6749-5.2-error-uri-syntax": "passed",
        },
    ),
    Variant(
        name="terse-errors",
        says="Errors come with their code alone.",
        edits=(
            *(remove(name, "put_error_description") for name in ERROR_LISTS),
            remove("authorization.redirect_error", "put_error_description"),
        ),
        changes={
            "rfc6749-5.2-error-description-is-text": "vacuous",
            "rfc6749-5.2-error-description-characters": "vacuous",
        },
    ),
)
