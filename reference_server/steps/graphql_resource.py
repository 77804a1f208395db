"""The documented API's GraphQL resource, executed by a GraphQL library (GraphQL over HTTP, and GraphQL section 7)."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from ..pipeline import Call, Response
from .forms import parse
from .token_response import json_response

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo, GraphQLSchema

MEDIA_TYPES = ("application/json", "application/graphql-response+json")
# Nobody needs more to ask this schema anything.
MOST_TOKENS = 1_000
SCHEMA = '''
"""What an application may ask in its own name."""
type Query {
  "The application that asks."
  viewer: Viewer!
  "All applications that are registered."
  applications: [Application!]!
  "Needs the basic right: a token with the scope basic."
  userCount: Int
}

type Viewer {
  clientId: ID!
  scopes: [String!]!
}

type Application {
  clientId: ID!
  title: String!
  "Needs the basic right: a token with the scope basic."
  grants: [String!]
}
'''


def read_operation(call: Call) -> Response | None:
    """GraphQL over HTTP, request: POST carries one JSON object, GET the same members in its query."""
    if call.method == "GET":
        call.operation = dict(parse(call.query_string).pairs)
        return None
    media_type = (call.header(b"content-type") or "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        return _malformed(call, "The request body has to be JSON.", 415)
    try:
        operation = json.loads(call.body)
    except (ValueError, RecursionError):
        return _malformed(call, "The request body is not JSON.")
    if not isinstance(operation, dict):
        return _malformed(call, "The request body is not an object.")
    call.operation = operation
    return None


def read_variables(call: Call) -> Response | None:
    """GraphQL over HTTP, request parameters: `variables` is an object; in a query string it is written as JSON."""
    variables = call.operation.get("variables")
    if call.method == "GET" and variables is not None:
        try:
            variables = json.loads(variables)
        except (ValueError, RecursionError):
            return _malformed(call, "The variables are not JSON.")
    if not isinstance(variables, dict | None):
        return _malformed(call, "The variables are not an object.")
    call.operation["variables"] = variables
    return None


def require_document(call: Call) -> Response | None:
    """GraphQL over HTTP, request parameters: `query` is required, `operationName` optional; both are strings."""
    if not isinstance(call.operation.get("query"), str):
        return _malformed(call, "The query is missing.")
    if not isinstance(call.operation.get("operationName"), str | None):
        return _malformed(call, "The operation name is not a string.")
    return None


def execute_operation(call: Call) -> None:
    """GraphQL sections 5 and 6: validates the document and executes it, with the token at hand for each field."""
    from graphql import GraphQLError, execute_sync, parse, validate

    operation = call.operation
    try:
        document = parse(operation["query"], max_tokens=MOST_TOKENS)
    except GraphQLError as fault:
        call.answer = {"errors": [fault.formatted]}
        return
    faults = validate(schema(), document)
    if faults:
        call.answer = {"errors": [fault.formatted for fault in faults]}
        return
    result = execute_sync(
        schema(),
        document,
        context_value=call,
        variable_values=operation["variables"],
        operation_name=operation.get("operationName") or None,
    )
    call.answer = dict(result.formatted)


def render_result(call: Call) -> Response:
    """GraphQL over HTTP, application/json: a well-formed request gets 200, whatever came of it."""
    return json_response(call)


@cache
def schema() -> "GraphQLSchema":
    """The schema with its resolvers, made when first asked for: the library takes long to import."""
    from graphql import build_schema

    made = build_schema(SCHEMA)
    resolvers: dict[str, dict[str, Any]] = {
        "Query": {"viewer": _viewer, "applications": _applications, "userCount": _user_count},
        "Application": {"grants": _grants},
    }
    for name, fields in resolvers.items():
        for field, resolver in fields.items():
            made.type_map[name].fields[field].resolve = resolver  # type: ignore[attr-defined]
    return made


def _viewer(_: object, info: "GraphQLResolveInfo[Call]") -> dict[str, Any]:
    call: Call = info.context
    return {"clientId": call.bearer.grant.client_id, "scopes": list(call.bearer.scope)}


def _applications(_: object, info: "GraphQLResolveInfo[Call]") -> list[dict[str, Any]]:
    call: Call = info.context
    clients = call.server.accounts.clients.values()
    return [{"clientId": each.client_id, "title": each.title, "grants": list(each.grants)} for each in clients]


def _user_count(_: object, info: "GraphQLResolveInfo[Call]") -> int:
    call: Call = info.context
    _require_basic_right(call)
    return len(call.server.accounts.users)


def _grants(application: dict[str, Any], info: "GraphQLResolveInfo[Call]") -> list[str]:
    _require_basic_right(info.context)
    return list(application["grants"])


def _require_basic_right(call: Call) -> None:
    """The documented API: some things are for app access tokens with the basic right only."""
    from graphql import GraphQLError

    if "basic" not in call.bearer.scope:
        raise GraphQLError("This field needs the scope basic.", extensions={"code": "FORBIDDEN"})


def _malformed(call: Call, text: str, status: int = 400) -> Response:
    call.answer = {"errors": [{"message": text}]}
    return json_response(call, status)
