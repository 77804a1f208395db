"""Protected resources, token info and the GraphQL resource, with bearer tokens as in RFC 6750."""

from ..pipeline import Pipelines, Step
from ..steps import bearer, graphql_resource, resources, token, transport
from .shared_lists import RESOURCE_HEADERS


def _resource(name: str, scope_name: str, *answer: Step) -> Pipelines:
    """A protected resource takes tokens with one scope, by GET or POST."""
    steps: list[Step] = [
        transport.require_tls,
        transport.allow_methods("GET", "HEAD", "POST"),
        transport.refuse_oversized,
        token.require_bearer,
        resources.require_scope(scope_name),
        *answer,
    ]
    return {name: steps, f"{name}.error": [bearer.answer_as_bearer_error], f"{name}.finish": RESOURCE_HEADERS}


RESOURCES: Pipelines = {
    "bearer": [
        bearer.collect_header_token,
        bearer.collect_body_token,
        bearer.collect_query_token,
        bearer.require_bearer_token,
        bearer.refuse_several_tokens,
        bearer.check_token_syntax,
        bearer.find_access_token,
        bearer.check_token_active,
    ],
    "bearer.error": [bearer.challenge_bearer, bearer.render_empty_error],
    "token_info": [
        transport.require_tls,
        transport.allow_methods("GET", "HEAD"),
        token.require_bearer,
        resources.put_info_owner,
        resources.put_info_scope,
        resources.put_info_expires_in,
        resources.put_info_application,
        resources.put_info_created_at,
        resources.render_info,
    ],
    "token_info.error": [bearer.answer_as_bearer_error],
    "token_info.finish": RESOURCE_HEADERS,
    **_resource("resource.me", "me", resources.answer_owner),
    **_resource("resource.app", "app", resources.answer_app),
    **_resource("resource.basic", "basic", resources.answer_basic),
    **_resource(
        "resource.graphql",
        "app",
        graphql_resource.read_operation,
        graphql_resource.read_variables,
        graphql_resource.require_document,
        graphql_resource.execute_operation,
        graphql_resource.render_result,
    ),
}
