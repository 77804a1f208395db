"""RFC 8414: the server describes itself. All URLs are built from the issuer, an https one where there is TLS."""

from ..pipeline import Call, Response
from .token_response import json_response

AUTHENTICATION_METHODS = ["client_secret_basic", "client_secret_post", "none"]
PATH_OF = {
    "authorization_endpoint": ("authorization", "/oauth/authorize"),
    "token_endpoint": ("token", "/oauth/token"),
    "revocation_endpoint": ("revocation", "/oauth/revoke"),
    "introspection_endpoint": ("introspection", "/oauth/introspect"),
}


def put_issuer(call: Call) -> None:
    """Section 2: `issuer` is required; section 3.3: it is what the document's URL was made from."""
    call.answer["issuer"] = call.server.settings.issuer


def put_endpoints(call: Call) -> None:
    """Section 2: where the endpoints are, as far as they are served."""
    settings = call.server.settings
    for member, (endpoint, path) in PATH_OF.items():
        if endpoint in settings.endpoints:
            call.answer[member] = settings.issuer + path


def put_scopes(call: Call) -> None:
    """Section 2: recommended."""
    settings = call.server.settings
    call.answer["scopes_supported"] = [*settings.user_scopes, *settings.app_scopes]


def put_response_types(call: Call) -> None:
    """Section 2: `response_types_supported` is required. Both kinds of answer go where RFC 6749 sends them."""
    grants = call.server.settings.grants
    offered = {"code": "authorization_code", "token": "implicit"}
    call.answer["response_types_supported"] = [name for name, grant in offered.items() if grant in grants]
    call.answer["response_modes_supported"] = ["query", "fragment"]


def put_grant_types(call: Call) -> None:
    """Section 2: what is left out here would mean code and implicit."""
    settings = call.server.settings
    extension = [settings.extension_grant_type] if settings.extension_grant_type else []
    call.answer["grant_types_supported"] = [*settings.grants, *extension]


def put_authentication_methods(call: Call) -> None:
    """Section 2: per endpoint; introspection knows no public clients."""
    endpoints = call.server.settings.endpoints
    call.answer["token_endpoint_auth_methods_supported"] = AUTHENTICATION_METHODS
    if "revocation" in endpoints:
        call.answer["revocation_endpoint_auth_methods_supported"] = AUTHENTICATION_METHODS
    if "introspection" in endpoints:
        call.answer["introspection_endpoint_auth_methods_supported"] = AUTHENTICATION_METHODS[:2]


def put_code_challenge_methods(call: Call) -> None:
    """Section 2: left out would mean no PKCE."""
    call.answer["code_challenge_methods_supported"] = list(call.server.settings.pkce_methods)


def render_metadata(call: Call) -> Response:
    """Section 3.2: 200, one JSON object."""
    return json_response(call)
