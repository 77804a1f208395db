"""Conformant servers that decide otherwise where the documented API leaves a gap, or that lack a part of it."""

from dataclasses import replace as with_changes

from .. import demo
from ..pipeline import Call, Response, before, replace, setting
from ..settings import ALL_ENDPOINTS
from ..steps.token_response import json_response
from ..variant import Variant


def take_user_credentials_as_client_credentials(call: Call) -> None:
    """The documented API names the grant type so once, where its example says client_credentials."""
    if call.grant_type == "user_credentials":
        call.grant_type = "client_credentials"


def answer_empty_object(call: Call) -> Response:
    """The documented API names no status for DELETE: 200 with an empty object says as much as 204."""
    return json_response(call)


def put_more_info(call: Call) -> None:
    """The documented API: members beyond those of the contract are allowed."""
    call.answer |= {"resource_owner_type": "User", "token": {"kind": call.bearer.kind}, "expires": None}


WITHOUT_EXTERNAL_TOKENS = tuple(with_changes(user, external_authentication_token=None) for user in demo.USERS)
WITHOUT_EXTERNAL_CLIENT = tuple(client for client in demo.CLIENTS if not client.takes_external_tokens)

VARIANTS = (
    Variant(
        name="user-credentials-alias",
        says="The grant type user_credentials is another name of client_credentials.",
        edits=(before("token", "find_grant", take_user_credentials_as_client_credentials),),
    ),
    Variant(
        name="delete-token-answers-200",
        says="DELETE at the token endpoint is answered with 200 and an empty object.",
        edits=(replace("token.delete", "answer_nothing", answer_empty_object),),
    ),
    Variant(
        name="no-graphql",
        says="There is no GraphQL resource.",
        edits=(setting(endpoints=tuple(name for name in ALL_ENDPOINTS if name != "resource.graphql")),),
    ),
    Variant(
        name="no-external-authentication-token",
        says="No application takes external authentication tokens.",
        edits=(setting(clients=WITHOUT_EXTERNAL_CLIENT, users=WITHOUT_EXTERNAL_TOKENS),),
    ),
    Variant(
        name="token-info-extra-members",
        says="Token info tells more than the contract names.",
        edits=(before("token_info", "render_info", put_more_info),),
    ),
)
