"""RFC 7009: a client gives a token back."""

from ..errors import OAuthError
from ..pipeline import Call, Response

RECOGNIZED = ("token", "token_type_hint", "client_id", "client_secret")


def require_token(call: Call) -> None:
    """Section 2.1, and of RFC 7662: `token` is required."""
    if call.parameters.get("token") is None:
        raise OAuthError("invalid_request", "The token parameter is missing.")


def find_token(call: Call) -> None:
    """Section 2.1, and of RFC 7662: all kinds of tokens are searched at once, so that no hint can matter."""
    call.token = call.server.store.find_token(call.parameters.get("token") or "")


def check_token_client(call: Call) -> None:
    """Section 2.1: nobody revokes another client's token."""
    if call.token is not None and call.token.grant.client_id != call.client.client_id:
        raise OAuthError("unauthorized_client", "The token was not issued to this client.")


def revoke_token(call: Call) -> None:
    """Section 2: the token ends at once."""
    if call.token is not None:
        call.server.store.revoke_token(call.token)


def revoke_grant_of_refresh_token(call: Call) -> None:
    """Section 2.1: with a refresh token the access tokens of the same grant end too."""
    if call.token is not None and call.token.kind == "refresh_token":
        call.server.store.revoke_grant(call.token.grant)


def answer_done(call: Call) -> Response:
    """Section 2.2: 200, whether there was such a token or not. Nobody reads the body."""
    return Response(200)
