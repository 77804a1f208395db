"""The server as one table: which path is which endpoint, and which steps each endpoint takes, in order.

A feature is a list of steps in a file of its own. An endpoint has three lists: its own; `.error`, which renders a
refusal; `.finish`, which runs over every answer. The other lists are run by steps. The names of lists and steps are
what edits refer to.
"""

from ..federation import CALLBACK_PATH
from ..pipeline import Pipelines
from .authentication_lists import CLIENTS_AND_OWNERS
from .authorization_endpoint import AUTHORIZATION
from .control_endpoints import CONTROL
from .federation_endpoints import FEDERATION
from .introspection_endpoint import INTROSPECTION
from .metadata_endpoints import METADATA
from .resource_endpoints import RESOURCES
from .revocation_endpoint import REVOCATION
from .token_endpoint import TOKEN

PATHS = {
    "/oauth/authorize": "authorization",
    "/sign_in": "sign_in",
    "/sign_in/external": "federation",
    CALLBACK_PATH: "federation.callback",
    "/oauth/token": "token",
    "/oauth/revoke": "revocation",
    "/oauth/introspect": "introspection",
    "/oauth/token/info": "token_info",
    "/api/me": "resource.me",
    "/api/app": "resource.app",
    "/api/basic": "resource.basic",
    "/graphql": "resource.graphql",
    "/jwks": "jwks",
}
CONTROL_PATHS = {"/age": "control.age", "/forget": "control.forget"}

PIPELINES: Pipelines = {
    **AUTHORIZATION,
    **FEDERATION,
    **CLIENTS_AND_OWNERS,
    **TOKEN,
    **REVOCATION,
    **INTROSPECTION,
    **RESOURCES,
    **METADATA,
    **CONTROL,
}
