"""RFC 8414: the server describes itself. All URLs are built from the issuer, an https one where there is TLS."""

from ..pipeline import Call, Response
from .token_response import json_response

# Introspection knows no public clients.
AUTHENTICATION_METHODS = {
    "token": ["client_secret_basic", "client_secret_post", "none"],
    "revocation": ["client_secret_basic", "client_secret_post", "none"],
    "introspection": ["client_secret_basic", "client_secret_post"],
}
PATH_OF = {
    "authorization_endpoint": ("authorization", "/oauth/authorize"),
    "token_endpoint": ("token", "/oauth/token"),
    "revocation_endpoint": ("revocation", "/oauth/revoke"),
    "introspection_endpoint": ("introspection", "/oauth/introspect"),
}

# RFC 7517: public keys for demonstration, of which nobody has the private part.
KEYS = (
    {
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "kid": "demo-signing",
        "x": "sq_3hg9yNFAZhuTDLLujOJ-qbsfYApQcNBqqwqCqGy8",
        "y": "RPIdFyyygeRjmgtVph-R-IU91M1xJWp_SAVrbD4S7ME",
    },
    {
        "kty": "EC",
        "crv": "P-256",
        "use": "enc",
        "kid": "demo-encryption",
        "x": "EozGao_JfNhJMhE1Z2UMpcO7i6BS_0PMlgaahQg-6L4",
        "y": "sNgaCbCJn0FtsTURJrn_jy3S5i2mTqfZSbiOc9l7zgI",
    },
)


def put_issuer(call: Call) -> None:
    """Section 2: `issuer` is required; section 3.3: it is what the document's URL was made from."""
    call.answer["issuer"] = call.server.settings.issuers[call.path]


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
    """Section 2: of each endpoint that is served."""
    for endpoint, methods in AUTHENTICATION_METHODS.items():
        if endpoint in call.server.settings.endpoints:
            call.answer[f"{endpoint}_endpoint_auth_methods_supported"] = methods


def put_issuer_parameter(call: Call) -> None:
    """RFC 9207 section 3: left out would mean that authorization responses don't name the issuer."""
    call.answer["authorization_response_iss_parameter_supported"] = True


def put_code_challenge_methods(call: Call) -> None:
    """Section 2: left out would mean no PKCE."""
    call.answer["code_challenge_methods_supported"] = list(call.server.settings.pkce_methods)


def put_keys(call: Call) -> None:
    """Section 2: what `jwks_uri` leads to; a server has to list the endpoint to serve it."""
    call.answer["keys"] = list(KEYS)


def render_metadata(call: Call) -> Response:
    """Section 3.2: 200, one JSON object."""
    return json_response(call)
