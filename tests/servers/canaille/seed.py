"""The users and clients that profile.toml speaks of.

In Canaille a client has one authentication method, and introspection is for the audience of a token, which is
registered with its client: `confidential` is in everybody's, `other` in its own only.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

CALLBACK = "https://client.example/cb"
CALLBACK_WITH_QUERY = "https://client.example/cb?tenant=a%2Fb%26c"
USERS = {"alice": "correct horse battery staple", "bob": "wrong pony charger paperclip"}
SERVER_SIDE = ("authorization_code", "password", "client_credentials", "refresh_token")
RESPONSE_TYPES = {"authorization_code": "code", "implicit": "token"}


class Registration(NamedTuple):
    """One client to register."""

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...]
    grants: tuple[str, ...] = SERVER_SIDE
    authentication: str = "client_secret_basic"


CLIENTS = (
    Registration("confidential", "confidential-secret", (CALLBACK, CALLBACK_WITH_QUERY)),
    Registration("other", "other-secret", ("https://other.example/cb",)),
    Registration("post", "post-secret", ("https://post.example/cb",), authentication="client_secret_post"),
    Registration("public", "", ("https://public.example/cb",), ("authorization_code", "implicit"), "none"),
    Registration("sp:e%c+i&a l", "se:c%r+e&t 1", ("https://special.example/cb",)),
    Registration("single-redirect", "", ("https://single.example/cb",), ("authorization_code", "implicit"), "none"),
    Registration("restricted", "restricted-secret", ("https://restricted.example/cb",), ("authorization_code",)),
)


def seed() -> None:
    """Create the users and clients in an empty database."""
    from canaille.app import models
    from canaille.backends import Backend

    save = Backend.instance.save
    for name, password in USERS.items():
        user = models.User(
            user_name=name, formatted_name=name.title(), family_name=name.title(), emails=[f"{name}@client.example"]
        )
        save(user)
        Backend.instance.set_user_password(user, password)
    clients: list[Any] = []
    for each in CLIENTS:
        client = models.Client(
            client_id=each.client_id,
            client_secret=each.secret,
            client_id_issued_at=datetime.now(UTC),
            client_name=each.client_id,
            client_uri="https://client.example",
            redirect_uris=list(each.redirect_uris),
            grant_types=list(each.grants),
            response_types=[RESPONSE_TYPES[grant] for grant in each.grants if grant in RESPONSE_TYPES],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method=each.authentication,
            # A signature with randomness in it. By a deterministic one two access tokens of one user and client in
            # the same second are equal, and the second is answered by a 500: the database wants them unique.
            id_token_signed_response_alg="PS256",
        )
        save(client)
        clients.append(client)
        client.audience = [client] if client is clients[0] else [client, clients[0]]
        save(client)
