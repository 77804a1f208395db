"""The users and clients that profile.toml speaks of."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth import get_user_model

from project.models import Application

CODE = Application.GRANT_AUTHORIZATION_CODE
IMPLICIT = Application.GRANT_IMPLICIT
PASSWORD = Application.GRANT_PASSWORD
CREDENTIALS = Application.GRANT_CLIENT_CREDENTIALS

USERS = {"alice": "correct horse battery staple", "bob": "wrong pony charger paperclip"}
CALLBACK = "https://client.example/cb"
CALLBACK_WITH_QUERY = "https://client.example/cb?tenant=a%2Fb%26c"


class Registration(NamedTuple):
    """One client to register; without a secret it is public and gets a random one, as the toolkit's form does."""

    client_id: str
    secret: str | None
    redirect_uris: tuple[str, ...]
    grants: tuple[str, ...]


CLIENTS = (
    Registration(
        "confidential",
        "confidential-secret",
        (CALLBACK, CALLBACK_WITH_QUERY),
        (CODE, IMPLICIT, PASSWORD, CREDENTIALS),
    ),
    Registration("other", "other-secret", ("https://other.example/cb",), (CODE, IMPLICIT, PASSWORD, CREDENTIALS)),
    Registration("public", None, ("https://public.example/cb",), (CODE, IMPLICIT, PASSWORD)),
    Registration("sp:e%c+i&a l", "se:c%r+e&t 1", ("https://special.example/cb",), (CODE, PASSWORD, CREDENTIALS)),
    Registration("single-redirect", "single-redirect-secret", ("https://single.example/cb",), (CODE, IMPLICIT)),
    Registration("restricted", "restricted-secret", ("https://restricted.example/cb",), (CODE,)),
)


def seed() -> None:
    """Create the users and clients in an empty database."""
    for username, password in USERS.items():
        get_user_model().objects.create_user(username, password=password)
    for client in CLIENTS:
        _register(client)


def _register(client: Registration) -> None:
    application = Application(
        name=client.client_id,
        client_id=client.client_id,
        client_type=Application.CLIENT_CONFIDENTIAL if client.secret else Application.CLIENT_PUBLIC,
        authorization_grant_type=client.grants[0],
        grants=list(client.grants),
        redirect_uris=" ".join(client.redirect_uris),
    )
    if client.secret:
        application.client_secret = client.secret
    application.full_clean()
    application.save()
