"""What a profile says of a client under test: how it is driven, and how our server is to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.base.uris import is_loopback

CLIENT, SERVER = "client", "authorization-server"
# Where the stages are that are played for a client; each process of a run has ports of its own.
STAGES = "https://127.0.0.1"
# Seconds that one login may take.
TIME_LIMIT = 15.0
DEFAULT_SCOPE = "me profile"


@dataclass(frozen=True, slots=True)
class Driving:
    """How a login is begun: by a command (with `env`, what it gets of our environment) or a callable, one of them.

    `deliver` is a command that brings answers to the client where no listener on loopback takes them. `folder` is where
    the profile stands: commands run there, and the callable is found there.
    """

    command: tuple[str, ...] = ()
    callable: str = ""
    env: tuple[str, ...] = ()
    deliver: tuple[str, ...] = ()
    time_limit: float = TIME_LIMIT
    folder: str = "."


@dataclass(frozen=True, slots=True)
class Registered:
    """What of a client's registration is fixed; None: the suite chooses, for each login anew."""

    client_id: str | None = None
    client_secret: str | None = None
    public: bool = False
    redirect_uri: str | None = None
    scope: str = DEFAULT_SCOPE

    @property
    def is_fixed(self) -> bool:
        """Whether the client can't be registered in another way."""
        return self.client_id is not None or self.client_secret is not None

    @property
    def has_one_port(self) -> bool:
        """Whether all logins of a command come back at the same port: they have to take turns."""
        return self.redirect_uri is not None and is_loopback(self.redirect_uri)


def driving_of(document: Mapping[str, Any], folder: str) -> Driving:
    """The `[driver]` table."""
    table = document.get("driver", {})
    return Driving(
        command=tuple(table.get("command", ())),
        callable=table.get("callable", ""),
        env=tuple(table.get("env", ())),
        deliver=tuple(table.get("deliver", ())),
        time_limit=float(table.get("time_limit", TIME_LIMIT)),
        folder=folder,
    )


def registered_of(document: Mapping[str, Any]) -> Registered:
    """The `[registration]` table."""
    return Registered(**document.get("registration", {}))


def features_of(document: Mapping[str, Any]) -> frozenset[str]:
    """What the client says it can do, and what follows from it."""
    claimed = dict(document.get("features", {}))
    grants = set(claimed.pop("grants", ("authorization_code",)))
    features = grants | {name for name, value in claimed.items() if value} | {CLIENT, "tls", "token_endpoint"}
    if grants & {"authorization_code", "implicit"}:
        features.add("authorization_endpoint")
    if not document.get("registration", {}).get("public", False):
        features.add("client_password")
    return frozenset(features)
