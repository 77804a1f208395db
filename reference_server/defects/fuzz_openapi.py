"""Breaches that cases drawn from the OpenAPI document show, and links that are followed several times."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before
from ..steps.token_response import json_response

HOUR = 3_600


def count_questions(call: Call) -> None:
    """Keeps in mind how often was asked about a token."""
    if call.token is not None:
        call.server.store.note_failure(f"asked about {call.token.hash.hex()}", HOUR)


def forget_token_in_question(call: Call) -> Response | None:
    """Takes a token that was asked about three times for one that is looked after elsewhere."""
    account = f"asked about {call.bearer.hash.hex()}"
    return Response(404) if call.server.store.is_locked(account, 3, HOUR) else None


def refuse_client_id_beside_header(call: Call) -> None:
    """Has the client twice where a token is refreshed, and takes that for two clients."""
    if call.grant_type == "refresh_token" and call.authenticated and call.parameters.get("client_id"):
        raise OAuthError("invalid_request", "The client is named twice.")


def look_operation_up(call: Call) -> None:
    """Looks the operation's name up in a table, whatever it is."""
    name = call.operation.get("operationName")
    if not isinstance(name, str | None):
        raise TypeError(f"unhashable type: {name!r}")


def refuse_null_variables(call: Call) -> Response | None:
    """Variables may be left out, but not null."""
    if "variables" not in call.operation or call.operation["variables"] is not None:
        return None
    call.answer = {"errors": [{"message": "The variables are not an object."}]}
    return json_response(call, 400)


def refuse_without_asking(call: Call) -> Response | None:
    """Reads the body before it asks who sent it, and answers with the status that GraphQL has for everything."""
    if call.method != "POST" or call.body.lstrip().startswith(b"{"):
        return None
    call.answer = {"errors": [{"message": "The request body is not an object."}]}
    return json_response(call)


DEFECTS = (
    Defect(
        name="token-info-lost-by-introspection",
        says="Token info knows nothing of a token that introspection was asked about three times.",
        breaks=("documented-info-tells-of-token",),
        edits=(
            after("introspection", "find_token", count_questions),
            before("token_info", "put_info_owner", forget_token_in_question),
        ),
        fuzz=True,
    ),
    Defect(
        name="client-named-twice-cannot-refresh",
        says="A refresh request by HTTP Basic is refused if the client's identifier stands in the body as well.",
        breaks=("documented-endpoints-token-post",),
        edits=(after("token", "find_grant", refuse_client_id_beside_header),),
        fuzz=True,
    ),
    Defect(
        name="operation-name-brings-graphql-down",
        says="A GraphQL operation name that is no text is a server error.",
        breaks=("robustness-1-no-server-error",),
        edits=(after("resource.graphql", "read_operation", look_operation_up),),
        fuzz=True,
    ),
    Defect(
        name="null-variables-refused",
        says="A GraphQL query whose variables are null is refused.",
        breaks=("documented-flow-7-graphql-for-app-token",),
        edits=(after("resource.graphql", "read_operation", refuse_null_variables),),
        fuzz=True,
    ),
    Defect(
        name="graphql-answers-nobody",
        says="A GraphQL request whose body is no object gets a successful answer, token or not.",
        breaks=("documented-flow-7-graphql-needs-token",),
        edits=(before("resource.graphql", "require_bearer", refuse_without_asking),),
        fuzz=True,
    ),
)
