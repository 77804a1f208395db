"""What a profile says of a client under test: how it is driven, and how our server is to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from conformance.base.uris import is_loopback, urlsplit

CLIENT, SERVER = "client", "authorization-server"
# Where the stages are that are played for a client; each process of a run has ports of its own.
LOOPBACK = "127.0.0.1"
STAGES = f"https://{LOOPBACK}"
# Addresses that stand for all, and the one of them that leads here.
EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}
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


@dataclass(frozen=True, slots=True)
class Staging:
    """Where stages are: the address that they listen at, the host that a client knows them by, and PEM files.

    Without a certificate of its own, a stage has one of the suite's authority.
    """

    listen: str = LOOPBACK
    host: str = LOOPBACK
    certificate: str | None = None
    key: str | None = None

    @property
    def reached_at(self) -> str:
        """The address that leads to a stage from this machine, whatever its host is called elsewhere."""
        return EVERYWHERE.get(self.listen, self.listen)


def staging_of(document: Mapping[str, Any], folder: Path) -> Staging:
    """The `[stage]` table."""
    table = document.get("stage", {})
    listen = table.get("listen", LOOPBACK)
    public = urlsplit(table.get("public_url", "")).hostname
    files = {name: str(folder / table[name]) for name in ("certificate", "key") if name in table}
    return Staging(listen, public or listen, **files)


def why_unreachable(document: Mapping[str, Any]) -> str:
    """Why a client can't be told where stages are, for `stage.listen`; empty where it can."""
    listen = document.get("stage", {}).get("listen", LOOPBACK)
    try:
        ip_address(listen)
    except ValueError:
        return f"{listen!r} is not an IP address: name one of this machine; a name for it goes into public_url"
    if listen in EVERYWHERE and "public_url" not in document["stage"]:
        return f"{listen} stands for every address, and leads a client nowhere: say by public_url which one it asks"
    return ""


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
