"""The users and clients that profile.toml speaks of.

In Authlib a client has exactly one authentication method, and the implicit grant takes public clients only: hence
`post`, a client that authenticates in the body, and no implicit grant for the confidential ones.
"""

from __future__ import annotations

from typing import NamedTuple

from werkzeug.security import generate_password_hash

from website.models import OAuth2Client, User, db

USERS = {"alice": "correct horse battery staple", "bob": "wrong pony charger paperclip"}
CALLBACK = "https://client.example/cb"
CALLBACK_WITH_QUERY = "https://client.example/cb?tenant=a%2Fb%26c"
NATIVE = (
    "com.example.native:/oauth2redirect",
    "http://127.0.0.1/oauth2redirect",
    "http://[::1]/oauth2redirect",
    "https://native.example/oauth2redirect",
    "exampleapp:/oauth2redirect",  # nothing looks at what is registered
)
SERVER_SIDE = ("authorization_code", "password", "client_credentials", "refresh_token")


class Registration(NamedTuple):
    """One client to register."""

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...]
    grants: tuple[str, ...] = SERVER_SIDE
    authentication: str = "client_secret_basic"
    internal: bool = True
    scope: str = "profile email"


CLIENTS = (
    Registration("confidential", "confidential-secret", (CALLBACK, CALLBACK_WITH_QUERY)),
    Registration("other", "other-secret", ("https://other.example/cb",), internal=False),
    Registration("post", "post-secret", ("https://post.example/cb",), authentication="client_secret_post"),
    Registration("public", "", ("https://public.example/cb",), ("authorization_code", "implicit"), "none"),
    Registration("native", "", NATIVE, ("authorization_code",), "none"),
    Registration("sp:e%c+i&a l", "se:c%r+e&t 1", ("https://special.example/cb",)),
    Registration("single-redirect", "single-redirect-secret", ("https://single.example/cb",)),
    Registration("restricted", "restricted-secret", ("https://restricted.example/cb",), ("authorization_code",)),
)


def seed() -> None:
    """Create the users and clients in an empty database."""
    for username, password in USERS.items():
        # The default method, scrypt, with a small work factor: it changes the time of an answer and nothing else.
        digest = generate_password_hash(password, method="scrypt:1024:8:1")
        db.session.add(User(username=username, password_hash=digest))
    for client in CLIENTS:
        db.session.add(_client(client))
    db.session.commit()


def _client(client: Registration) -> OAuth2Client:
    row = OAuth2Client(client_id=client.client_id, client_secret=client.secret, internal=client.internal)
    response_types = {"authorization_code": "code", "implicit": "token"}
    row.set_client_metadata(
        {
            "client_name": client.client_id,
            "grant_types": list(client.grants),
            "response_types": [response_types[grant] for grant in client.grants if grant in response_types],
            "redirect_uris": list(client.redirect_uris),
            "token_endpoint_auth_method": client.authentication,
            "scope": client.scope,
        }
    )
    return row
