"""Clients and users as registered, and the hashes that their credentials are checked against."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

from . import secrets

USER_GRANTS = ("authorization_code", "implicit", "password", "refresh_token")
# From this cost on a hash takes longer than a thread for it.
SLOW = 2**10
ALL_GRANTS = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")


@dataclass(frozen=True, slots=True)
class Client:
    """RFC 6749 section 2: a registered client; without a secret it is a public one."""

    name: str
    client_id: str
    secret: str | None = None
    title: str = ""
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] = ALL_GRANTS
    scopes: tuple[str, ...] = ("me", "profile", "email", "app", "basic")
    authentication: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    takes_external_tokens: bool = False
    failed_authentications: int | None = None
    type: Literal["web", "native"] = "web"
    rejected_redirect_uris: tuple[str, ...] = ()  # those that it could not register

    @property
    def shown_name(self) -> str:
        """What resource owners know it by."""
        return self.title or self.client_id

    @property
    def confidential(self) -> bool:
        """Section 2.1: able to keep a secret, and so given one; RFC 8252 section 8.5: an app that many have isn't."""
        return self.secret is not None and self.type != "native"


@dataclass(frozen=True, slots=True)
class User:
    """A resource owner; `name` is the table of the profile that describes it.

    `external_subject` is who the user is at the external provider, if the accounts are linked.
    """

    name: str
    username: str
    password: str
    external_authentication_token: str | None = None
    external_subject: str | None = None
    failed_authentications: int | None = None


@dataclass(frozen=True, slots=True)
class ExternalProvider:
    """The OpenID provider that users may sign in at: its issuer identifier and title, and the server's client there."""

    issuer: str
    title: str
    client_id: str
    client_secret: str


@dataclass(slots=True)
class Accounts:
    """The registry of one server. It compares hashes only, as if the plain values of the settings were long gone."""

    key: bytes
    password_cost: int
    clients: dict[str, Client]
    users: dict[str, User]
    salt: bytes = field(default_factory=secrets.new_salt)
    password_hashes: dict[str, bytes] = field(default_factory=dict)
    verified: set[bytes] = field(default_factory=set)
    turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def client_secret_matches(self, client: Client, secret: str | None) -> bool:
        """RFC 6749 section 2.3.1; a public client matches nothing, and no secret matches no client."""
        if client.secret is None or secret is None:
            return False
        return secrets.same(secrets.keyed_hash(self.key, secret), secrets.keyed_hash(self.key, client.secret))

    def user_with_password(self, username: str, password: str) -> User | None:
        """Takes as long for an unknown user as for a known one, so that time doesn't tell which names exist.

        A password that was right before isn't hashed slowly again: who guesses still pays for every guess.
        """
        fingerprint = self._fingerprint(username, password)
        if fingerprint in self.verified:
            return self.users[username]
        given = secrets.password_hash(password, self.salt, self.password_cost)
        user = self.users.get(username)
        if user is None or not secrets.same(given, self._hash_of(user)):
            return None
        self.verified.add(fingerprint)
        return user

    async def user_signing_in(self, username: str, password: str) -> User | None:
        """The same for one of many at a time: the others are answered while this password is hashed."""
        if self.password_cost < SLOW or self._fingerprint(username, password) in self.verified:
            return self.user_with_password(username, password)
        return await asyncio.to_thread(self.user_with_password, username, password)

    def turn(self, username: str | None) -> AbstractAsyncContextManager[None]:
        """Held while a password of an account is tried: no guess begins before the one ahead of it was counted."""
        return self.turns[username] if username in self.users else nullcontext()

    def user_with_external_token(self, value: str) -> User | None:
        """The documented API: the value written to one user's record names that user."""
        given = secrets.keyed_hash(self.key, value)
        for user in self.users.values():
            token = user.external_authentication_token
            if token is not None and secrets.same(given, secrets.keyed_hash(self.key, token)):
                return user
        return None

    def user_with_subject(self, subject: str) -> User | None:
        """The user that a subject identifier of the external provider is linked to."""
        return next((user for user in self.users.values() if user.external_subject == subject), None)

    def _fingerprint(self, username: str, password: str) -> bytes:
        return secrets.keyed_hash(self.key, f"{username}\0{password}")

    def _hash_of(self, user: User) -> bytes:
        # Made when first needed: hashing every account at start would slow each start down.
        if user.username not in self.password_hashes:
            self.password_hashes[user.username] = secrets.password_hash(user.password, self.salt, self.password_cost)
        return self.password_hashes[user.username]


def register(key: bytes, password_cost: int, clients: Iterable[Client], users: Iterable[User]) -> Accounts:
    """RFC 6749 section 2.2: a client identifier names one client."""
    by_id = {client.client_id: client for client in clients}
    return Accounts(key, password_cost, by_id, {user.username: user for user in users})
