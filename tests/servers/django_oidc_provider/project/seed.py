"""The users and clients that profile.toml speaks of."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth import get_user_model
from oidc_provider.models import Client, ResponseType

USERS = {
    "alice": "correct horse battery staple",
    "bob": "wrong pony charger paperclip",
    "zoë": "pâte à crêpes ≠ 食べ物",
}
CALLBACK = "https://client.example/cb"
CALLBACK_WITH_QUERY = "https://client.example/cb?tenant=a%2Fb%26c"
RESPONSE_TYPES = ("code", "id_token", "id_token token")
# What a client may ask for by password and for itself; whoever may introspect has the scope for it.
SCOPES = ("openid", "profile", "email", "token_introspection")


class Registration(NamedTuple):
    """One client to register; without a secret it is public."""

    client_id: str
    secret: str | None
    redirect_uris: tuple[str, ...]
    response_types: tuple[str, ...] = RESPONSE_TYPES
    scopes: tuple[str, ...] = SCOPES


CLIENTS = (
    Registration("confidential", "confidential-secret", (CALLBACK, CALLBACK_WITH_QUERY)),
    Registration("other", "other-secret", ("https://other.example/cb",)),
    Registration("public", None, ("https://public.example/cb",)),
    Registration("sp:e%c+i&al", "se:c%r+e&t 1", ("https://special.example/cb",)),
    Registration("single-redirect", "single-redirect-secret", ("https://single.example/cb",)),
    Registration(
        "restricted",
        "restricted-secret",
        ("https://restricted.example/cb",),
        ("id_token token",),
        ("openid", "profile"),
    ),
)


def seed() -> None:
    """Create the users and clients in an empty database."""
    for username, password in USERS.items():
        get_user_model().objects.create_user(username, f"{username}@users.example", password)
    for client in CLIENTS:
        _register(client)


def _register(registration: Registration) -> None:
    client = Client(
        name=registration.client_id,
        client_id=registration.client_id,
        client_type="confidential" if registration.secret else "public",
        client_secret=registration.secret or "",
    )
    client.redirect_uris = registration.redirect_uris
    client.scope = registration.scopes
    client.full_clean()
    client.save()
    client.response_types.set(ResponseType.objects.filter(value__in=registration.response_types))
