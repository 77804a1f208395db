"""RFC 7662: a resource server asks about a token."""

from ..pipeline import Call, Response
from .bearer import invalid_token
from .client_authentication import failed
from .token_response import json_response

RECOGNIZED = ("token", "token_type_hint", "client_id", "client_secret")


async def authorize_caller(call: Call) -> Response | None:
    """Section 2.1: nobody asks without authorization: client authentication, or a bearer token of its own."""
    scheme = (call.header(b"authorization") or "").partition(" ")[0].lower()
    if scheme == "bearer" and call.server.settings.introspection_bearer:
        return await call.run("introspection.bearer")
    return await call.run("introspection.client")


async def authenticate_caller(call: Call) -> Response | None:
    """RFC 6749 section 2.3: as at the token endpoint."""
    return await call.run("client_authentication")


def refuse_public_caller(call: Call) -> None:
    """Section 2.1: an identifier that anybody can send authorizes nothing."""
    if not call.authenticated:
        raise failed()


def refuse_as_bearer(call: Call) -> None:
    """Section 2.3: what is wrong with the caller's own token is told in the form of RFC 6750."""
    call.error_list = "bearer.error"


def require_caller_scope(call: Call) -> None:
    """Section 2.3: too few privileges make 401 here."""
    if call.server.settings.default_app_scope not in call.bearer.scope:
        raise invalid_token()


def refuse_as_endpoint(call: Call) -> None:
    """From here on it is the request that can be wrong, not the caller."""
    call.error_list = f"{call.endpoint}.error"


def answer_inactive(call: Call) -> Response | None:
    """Sections 2.2 and 4: unknown, expired, revoked: all the same, and not a word more."""
    if call.token is not None and call.token.active:
        return None
    call.answer = {"active": False}
    return json_response(call)


async def describe_token(call: Call) -> Response | None:
    """Section 2.2: what there is to know about an active token."""
    return await call.run("introspection.response")


# introspection.response


def put_active(call: Call) -> None:
    """Section 2.2: `active` is required, a boolean."""
    call.answer["active"] = True


def put_scope(call: Call) -> None:
    """Section 2.2: one string, names separated by spaces."""
    call.answer["scope"] = " ".join(call.found_token.scope)


def put_client_id(call: Call) -> None:
    """Section 2.2: the client that the token was issued to."""
    call.answer["client_id"] = call.found_token.grant.client_id


def put_username(call: Call) -> None:
    """Section 2.2: the resource owner, for people to read; an app token has none."""
    if call.found_token.grant.username is not None:
        call.answer["username"] = call.found_token.grant.username


def put_token_type(call: Call) -> None:
    """Section 2.2: as in RFC 6749 section 5.1, so for access tokens only."""
    if call.found_token.kind == "access_token":
        call.answer["token_type"] = "bearer"


def put_exp(call: Call) -> None:
    """Section 2.2: whole seconds since 1970."""
    call.answer["exp"] = int(call.found_token.expires_at)


def put_iat(call: Call) -> None:
    """Section 2.2: whole seconds since 1970."""
    call.answer["iat"] = int(call.found_token.issued_at)


def put_nbf(call: Call) -> None:
    """Section 2.2: tokens here are good from the moment of issue."""
    call.answer["nbf"] = int(call.found_token.issued_at)


def put_sub(call: Call) -> None:
    """Section 2.2: the resource owner, for machines; for an app token the client itself."""
    grant = call.found_token.grant
    call.answer["sub"] = grant.username or grant.client_id


def put_aud(call: Call) -> None:
    """Section 2.2: the resources that tokens are meant for."""
    call.answer["aud"] = f"{call.server.settings.issuer}/api"


def put_iss(call: Call) -> None:
    """Section 2.2: this server."""
    call.answer["iss"] = call.server.settings.identifier


def put_jti(call: Call) -> None:
    """Section 2.2: a name for the token that opens nothing."""
    call.answer["jti"] = call.found_token.hash.hex()


def render_description(call: Call) -> Response:
    """Section 2.2: 200, one JSON object."""
    return json_response(call)
