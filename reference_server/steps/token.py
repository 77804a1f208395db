"""The token endpoint (RFC 6749 section 3.2): from the form to one grant's own list of steps."""

from ..errors import OAuthError
from ..pipeline import Call, Response

RECOGNIZED = (
    "grant_type",
    "client_id",
    "client_secret",
    "scope",
    "code",
    "redirect_uri",
    "code_verifier",
    "username",
    "password",
    "external_authentication_token",
    "refresh_token",
    "assertion",
)
TOKEN_GRANTS = ("authorization_code", "password", "client_credentials", "refresh_token")


async def end_presented_token(call: Call) -> Response | None:
    """The documented API: DELETE ends the token that the request is authenticated with."""
    if call.method != "DELETE":
        return None
    call.error_list = "bearer.error"
    return await call.run("token.delete")


async def authenticate_client(call: Call) -> Response | None:
    """Section 3.2.1: confidential clients authenticate, public ones name themselves."""
    return await call.run("client_authentication")


def require_grant_type(call: Call) -> None:
    """Sections 4.1.3, 4.3.2, 4.4.2 and 6: `grant_type` is required."""
    grant_type = call.parameters.get("grant_type")
    if grant_type is None:
        raise OAuthError("invalid_request", "The grant_type parameter is missing.")
    call.grant_type = grant_type


def find_grant(call: Call) -> None:
    """Section 5.2: a grant type that the server doesn't have is unsupported, compared letter by letter.

    Section 4.5: an extension grant type is an absolute URI and has a list of its own.
    """
    settings = call.server.settings
    if call.grant_type == settings.extension_grant_type:
        call.grant_type = "extension"
    elif call.grant_type not in TOKEN_GRANTS or call.grant_type not in settings.grants:
        raise OAuthError("unsupported_grant_type", "The grant type is not supported.")


def refuse_barred_client(call: Call) -> None:
    """Section 5.2: a client that may not use a grant type is told just that."""
    if call.grant_type != "extension" and call.grant_type not in call.client.grants:
        raise OAuthError("unauthorized_client", "The client may not use this grant type.")


async def run_grant(call: Call) -> Response | None:
    """Sections 4.1.3, 4.3.2, 4.4.2, 4.5 and 6: each grant type has its own checks."""
    return await call.run(f"grant.{call.grant_type}")


async def issue_tokens(call: Call) -> Response | None:
    """Section 5.1: the grant holds, so tokens are made."""
    return await call.run("issue")


async def respond(call: Call) -> Response | None:
    """Section 5.1: the answer."""
    return await call.run("token.response")


async def require_bearer(call: Call) -> Response | None:
    """RFC 6750: the request is authenticated by an access token."""
    return await call.run("bearer")


def end_bearer(call: Call) -> None:
    """The documented API: afterwards the token is inactive everywhere."""
    call.server.store.revoke_token(call.bearer)


def answer_nothing(call: Call) -> Response:
    """The token is gone; there is nothing to say."""
    return Response(204)
