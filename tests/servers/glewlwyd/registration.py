"""What profile.toml speaks of: requests to the administration API that create scopes, plugin, users and clients."""

from __future__ import annotations

import secrets
from typing import Any

CALLBACK = "https://client.example/cb"
CALLBACK_WITH_QUERY = "https://client.example/cb?tenant=a%2Fb%26c"
SCOPES = ("read", "write")
USERS = {"alice": "correct horse battery staple", "bob": "wrong pony charger paperclip"}
EVERY_GRANT = ("code", "token", "password", "client_credentials", "refresh_token")


def client(client_id: str, secret: str | None, *redirect_uris: str, grants: tuple[str, ...] = EVERY_GRANT) -> Any:
    """One client, as the administration page would register it."""
    return {
        "client_id": client_id,
        "name": client_id,
        "enabled": True,
        "confidential": secret is not None,
        "client_secret": secret or "",
        "redirect_uri": list(redirect_uris),
        "authorization_type": list(grants),
        "scope": list(SCOPES),
    }


PLUGIN = {
    "module": "oauth2-glewlwyd",
    "name": "oauth2",
    "display_name": "OAuth2",
    "parameters": {
        "jwt-type": "sha",
        "jwt-key-size": "256",
        "key": secrets.token_hex(),
        "access-token-duration": 3600,
        "refresh-token-duration": 1209600,
        "code-duration": 600,
        "refresh-token-rolling": True,
        "auth-type-code-enabled": True,
        "auth-type-code-revoke-replayed": True,
        "auth-type-implicit-enabled": True,
        "auth-type-password-enabled": True,
        "auth-type-client-enabled": True,
        "auth-type-refresh-enabled": True,
        "pkce-allowed": True,
        "introspection-revocation-allowed": True,
        "introspection-revocation-allow-target-client": True,
    },
}
CLIENTS = (
    client("confidential", "confidential-secret", CALLBACK, CALLBACK_WITH_QUERY),
    client("other", "other-secret", "https://other.example/cb"),
    client("public", None, "https://public.example/cb", grants=("code", "token", "refresh_token")),
    client("spe%c+i&a l", "se:c%r+e&t 1", "https://special.example/cb"),
    client("single-redirect", "single-redirect-secret", "https://single.example/cb"),
    client("restricted", "restricted-secret", "https://restricted.example/cb", grants=("code", "refresh_token")),
)
# The administrator is the one that the package's database comes with.
REQUESTS: tuple[tuple[str, Any], ...] = (
    ("/api/auth/", {"username": "admin", "password": "password"}),
    *(("/api/scope/", {"name": name, "display_name": name, "password_required": True}) for name in SCOPES),
    ("/api/mod/plugin/", PLUGIN),
    *(
        ("/api/user/", {"username": name, "name": name, "password": password, "scope": list(SCOPES)})
        for name, password in USERS.items()
    ),
    *(("/api/client/", each) for each in CLIENTS),
)
