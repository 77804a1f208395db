"""Whom the provider knows: people, and the one relying party."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. One that is `refused` is known, and not let in."""

    username: str
    password: str
    subject: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """OpenID Connect Core section 1.2: the client that relies on the provider."""

    client_id: str
    client_secret: str
    redirect_uri: str
