"""Loopback redirect URIs (RFC 8252 section 7.3), at ports that nobody registered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from conformance.base.uris import is_loopback, port_of, urlsplit, without_loopback_port
from conformance.profile.target import Target

# Where systems find free ports (RFC 6335 section 6), and where programs choose their own.
RANGES: Mapping[str, range] = {"ephemeral": range(49152, 65536), "user": range(1024, 49152)}


def at_port(uri: str, port: int | str) -> str:
    """A URI at another port."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return uri.replace(f"//{parts.netloc}", f"//{host}:{port}", 1)


def free_port(target: Target, uri: str, kind: str = "ephemeral") -> int:
    """A port that is neither the registered one nor one of the target's own."""
    taken = {port for _, port in target.hosts()} | {port_of(urlsplit(uri))}
    return secrets.choice([port for port in RANGES[kind] if port not in taken])


def at_free_port(target: Target, uri: str, kind: str = "ephemeral") -> str:
    """The same URI as an app asks for it, that has just found its port."""
    return at_port(uri, free_port(target, uri, kind))


def is_registered(uri: str, registered: tuple[str, ...]) -> bool:
    """Whether a server may take a URI for one of those registered: as a string, or but for the port of this machine."""
    return uri in registered or (
        is_loopback(uri) and without_loopback_port(uri) in map(without_loopback_port, registered)
    )
