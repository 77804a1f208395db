"""What a client has to know about the server that it is registered at, and where it learns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Context(Protocol):
    """A registration at one server, and what is asked of the client."""

    @property
    def issuer(self) -> str:
        """The server's issuer identifier."""

    @property
    def authorization_endpoint(self) -> str | None:
        """Where it is, as far as the server's metadata don't say it."""

    @property
    def token_endpoint(self) -> str | None:
        """Likewise."""

    @property
    def revocation_endpoint(self) -> str | None:
        """Likewise; None: there is none."""

    @property
    def resource(self) -> str | None:
        """The URL of a protected resource that takes the server's tokens."""

    @property
    def client_id(self) -> str:
        """The client identifier."""

    @property
    def client_secret(self) -> str | None:
        """The secret; None or empty: a public client."""

    @property
    def redirect_uri(self) -> str:
        """The registered redirection URI."""

    @property
    def scope(self) -> str | None:
        """The scope to ask for; None or empty: none."""

    @property
    def username(self) -> str | None:
        """The resource owner's name, for the password grant alone."""

    @property
    def password(self) -> str | None:
        """The resource owner's password, likewise."""

    @property
    def asked(self) -> frozenset[str]:
        """What is wanted beside a login: `refresh`, `revocation`, `second_login`, `client_credentials`, ..."""

    @property
    def second(self) -> Context | None:
        """The registration at another server."""

    @property
    def certificates(self) -> str | None:
        """The file of certificate authorities to trust; None: those of the system."""

    def browse(self, url: str) -> str:
        """Takes the resource owner to a URL and returns the one that the server sent the user agent back to."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A context of its own: environment variables make one."""

    issuer: str
    client_id: str
    redirect_uri: str
    visit: Callable[[str], str]
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    revocation_endpoint: str | None = None
    resource: str | None = None
    client_secret: str | None = None
    scope: str | None = None
    username: str | None = None
    password: str | None = None
    asked: frozenset[str] = frozenset()
    second: Registration | None = None
    certificates: str | None = None

    def browse(self, url: str) -> str:
        """Takes the resource owner there."""
        return self.visit(url)


def from_environment(
    environment: Mapping[str, str], visit: Callable[[str], str], prefix: str = "OAUTH2_"
) -> Registration:
    """The values as environment variables name them; raises ValueError where one is missing."""

    def value(name: str) -> str | None:
        return environment.get(prefix + name) or None

    def required(name: str) -> str:
        found = value(name)
        if found is None:
            raise ValueError(f"{prefix}{name} is not set")
        return found

    asked = frozenset(word.strip() for word in (value("ASKED") or "").split(",") if word.strip())
    second_prefix = f"{prefix}SECOND_"
    return Registration(
        issuer=required("ISSUER"),
        client_id=required("CLIENT_ID"),
        redirect_uri=required("REDIRECT_URI"),
        visit=visit,
        authorization_endpoint=value("AUTHORIZATION_ENDPOINT"),
        token_endpoint=value("TOKEN_ENDPOINT"),
        revocation_endpoint=value("REVOCATION_ENDPOINT"),
        resource=value("RESOURCE"),
        client_secret=value("CLIENT_SECRET"),
        scope=value("SCOPE"),
        username=value("USERNAME"),
        password=value("PASSWORD"),
        asked=asked,
        second=from_environment(environment, visit, second_prefix) if f"{second_prefix}ISSUER" in environment else None,
        certificates=environment.get("SSL_CERT_FILE") or None,
    )
