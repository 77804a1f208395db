"""The native clients of a profile, and their redirect URIs by kind (RFC 8252 section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from conformance.base.outcomes import NotApplicable, Untested
from conformance.base.uris import port_of, urlsplit
from conformance.harness.given import Given
from conformance.profile.target import Client, Target

Kind = Literal["private-scheme", "claimed-https", "loopback-ipv4", "loopback-ipv6", "localhost"]
PRIVATE: Final = "private-scheme"
HTTPS: Final = "claimed-https"
IPV4: Final = "loopback-ipv4"
IPV6: Final = "loopback-ipv6"
LOCALHOST: Final = "localhost"
HOSTS: Mapping[str, Kind] = {"127.0.0.1": IPV4, "::1": IPV6, "localhost": LOCALHOST}
# What to register where a kind is missing.
EXAMPLES: Mapping[Kind, str] = {
    "private-scheme": "com.example.app:/cb",
    "claimed-https": "https://app.example.com/cb",
    "loopback-ipv4": "http://127.0.0.1/cb",
    "loopback-ipv6": "http://[::1]/cb",
    "localhost": "http://localhost/cb",
}
# Anybody can take these over: they assure nobody of an app's identity.
UNASSURED: tuple[Kind, ...] = ("private-scheme", "loopback-ipv4", "loopback-ipv6", "localhost")
LACKING = (
    'no client of the profile is a native app: say `type = "native"` in the table of one, such as [clients.native]'
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A native client with one of its redirect URIs."""

    client: Client
    uri: str


def is_native(client: Client) -> bool:
    """Whether the profile says that a client is an app that its users install."""
    return client.declared.get("type") == "native"


def kind_of(uri: str) -> Kind | None:
    """The kind of a redirect URI; None for plain http on another machine."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return PRIVATE
    return HTTPS if parts.scheme == "https" else HOSTS.get(parts.hostname or "")


def native_clients(target: Target) -> list[Client]:
    """The native clients that may ask for codes, those without a secret first; Untested where there is none."""
    found = [client for client in target.clients.values() if is_native(client) and client.may_use("authorization_code")]
    if not found:
        raise Untested(LACKING)
    return sorted(found, key=lambda client: client.client_secret is not None)


def every_uri(target: Target) -> list[Registered]:
    """Every native client with each of its redirect URIs; Untested where there is none."""
    found = [Registered(client, uri) for client in native_clients(target) for uri in client.redirect_uris]
    if not found:
        raise Untested("the native clients of the profile have no redirect_uris: add those that are registered")
    return found


def native_with(given: Given, target: Target, *kinds: Kind) -> Registered:
    """The first native client with a redirect URI of one of some kinds; Untested, with an example, without any."""
    for each in every_uri(target):
        if kind_of(each.uri) in kinds:
            return Registered(given.client(each.client.name), each.uri)
    raise Untested(
        f"no native client of the profile has a redirect URI of the kind {' or '.join(kinds)}: register one, such as "
        f"{EXAMPLES[kinds[0]]}, and add it to `redirect_uris`"
    )


def native_with_port(given: Given, target: Target) -> Registered:
    """A native client that registered a loopback redirect URI with a port; NotApplicable where none did."""
    for each in every_uri(target):
        if kind_of(each.uri) in (IPV4, IPV6) and port_of(urlsplit(each.uri)) is not None:
            return Registered(given.client(each.client.name), each.uri)
    raise NotApplicable("no native client of the profile registered a port of a loopback address")


def one_of_each_kind(given: Given, target: Target) -> list[Registered]:
    """Native clients with redirect URIs of the three kinds of section 7; Untested where one of them is missing."""
    return [native_with(given, target, *kinds) for kinds in ((PRIVATE,), (HTTPS,), (IPV4, IPV6))]


def public_with(given: Given, target: Target, *kinds: Kind) -> Registered:
    """The same, of a client that has no secret at all."""
    found = native_with(given, target, *kinds)
    if found.client.client_secret is not None:
        raise Untested(
            f"no native client without a secret has a redirect URI of the kind {' or '.join(kinds)}: add one"
        )
    return found


def native_with_secret(given: Given, target: Target) -> Client:
    """A native client whose copies share a secret; NotApplicable where none does."""
    for client in native_clients(target):
        if client.client_secret is not None:
            return given.client(client.name)
    raise NotApplicable("no native client of the profile has a secret")


def unassured_client(
    given: Given, target: Target, *, with_secret: bool, kinds: tuple[Kind, ...] = UNASSURED
) -> Registered:
    """A native client of whose identity nothing assures the server, with a URI that any app can take over."""
    clients = [client for client in native_clients(target) if (client.client_secret is not None) == with_secret]
    if not clients:
        raise NotApplicable(f"no native client of the profile has {'a' if with_secret else 'no'} secret")
    for client in clients:
        uri = next((uri for uri in client.redirect_uris if kind_of(uri) in kinds), None)
        if uri is not None and "identity_proof" not in client.declared:
            return Registered(given.client(client.name), uri)
    raise NotApplicable(
        "the identity of every native client is assured: by a claimed https URI, or as the profile says"
    )
