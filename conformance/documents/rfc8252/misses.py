"""Redirect URIs that nearly are a native client's: each misses it by one thing (RFC 8252 section 8.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conformance.base.outcomes import NotApplicable
from conformance.base.uris import urlsplit
from conformance.documents.rfc8252.logins import seen_at
from conformance.documents.rfc8252.loopback import at_port, free_port, is_registered
from conformance.documents.rfc8252.native_clients import (
    IPV4,
    IPV6,
    PRIVATE,
    Kind,
    Registered,
    every_uri,
    kind_of,
    native_with,
)
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import ATTACKER, Missed
from conformance.profile.target import Target

Group = Literal["path", "exact", "but-for-port"]
Make = Callable[[str, int], str | None]


@dataclass(frozen=True, slots=True)
class Miss:
    """One way to miss a URI of one kind; `make` gets the URI and a free port, and returns None where it doesn't fit."""

    group: Group
    kind: Kind
    make: Make


def _behind_scheme(slashes: str) -> Make:
    return lambda uri, port: f"{uri.partition(':')[0]}:{slashes}{uri.partition(':')[2].lstrip('/')}"


def _scheme(change: Callable[[str], str]) -> Make:
    return lambda uri, port: f"{change(uri.partition(':')[0])}:{uri.partition(':')[2]}"


def _end(change: Callable[[str], str]) -> Make:
    """Another end of the part before the query."""

    def changed(uri: str, port: int) -> str:
        place, mark, query = uri.partition("?")
        return f"{change(place)}{mark}{query}"

    return changed


def _more_query(uri: str, port: int) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}more=1"


def _without_path(uri: str, port: int) -> str | None:
    path = urlsplit(uri).path
    return uri.partition("?")[0][: -len(path)] + "/" if path not in ("", "/") else None


def _other_case(uri: str, port: int) -> str | None:
    path = urlsplit(uri).path
    return uri.replace(path, path.swapcase(), 1) if path.swapcase() != path and "%" not in path else None


def _host(host: str) -> Make:
    """Another host; the port stands where the text has it."""
    return lambda uri, port: uri.replace(f"//{urlsplit(uri).netloc}", f"//{host.format(port=port, evil=ATTACKER)}", 1)


def _longer_host(uri: str, port: int) -> str:
    return at_port(uri, f"{port}.{ATTACKER}")


def _as_user(uri: str, port: int) -> str:
    return at_port(uri, f"{port}@{ATTACKER}")


def _at_port(make: Make) -> Make:
    """The same at a free port."""

    def made(uri: str, port: int) -> str | None:
        missed = make(uri, port)
        return at_port(missed, port) if missed else None

    return made


def _at_other_port(uri: str, port: int) -> str:
    return at_port(uri, port)


MISSES: dict[str, Miss] = {
    "private-no-slash": Miss("exact", PRIVATE, _behind_scheme("")),
    "private-two-slashes": Miss("exact", PRIVATE, _behind_scheme("//")),
    "private-three-slashes": Miss("exact", PRIVATE, _behind_scheme("///")),
    "private-without-path": Miss("path", PRIVATE, _without_path),
    "private-longer-path": Miss("path", PRIVATE, _end(lambda place: f"{place}/attacker")),
    "private-shorter-path": Miss("path", PRIVATE, _end(lambda place: place[:-1])),
    "https-without-path": Miss("path", "claimed-https", _without_path),
    "https-longer-path": Miss("path", "claimed-https", _end(lambda place: f"{place}/attacker")),
    "private-scheme-in-capitals": Miss("exact", PRIVATE, _scheme(str.upper)),
    "private-longer-scheme": Miss("exact", PRIVATE, _scheme(lambda scheme: f"{scheme}.attacker")),
    "private-other-case-of-path": Miss("exact", PRIVATE, _other_case),
    "private-more-query": Miss("exact", PRIVATE, _more_query),
    "https-other-port": Miss("exact", "claimed-https", _at_other_port),
    "https-over-http": Miss("exact", "claimed-https", _scheme(lambda scheme: "http")),
    "https-more-query": Miss("exact", "claimed-https", _more_query),
    "loopback-without-path": Miss("but-for-port", IPV4, _at_port(_without_path)),
    "loopback-longer-path": Miss("but-for-port", IPV4, _at_port(_end(lambda place: f"{place}/attacker"))),
    "loopback-other-case-of-path": Miss("but-for-port", IPV4, _at_port(_other_case)),
    "loopback-more-query": Miss("but-for-port", IPV4, _at_port(_more_query)),
    "loopback-over-https": Miss("but-for-port", IPV4, _at_port(_scheme(lambda scheme: "https"))),
    "loopback-other-address": Miss("but-for-port", IPV4, _host("127.0.0.2:{port}")),
    "loopback-any-address": Miss("but-for-port", IPV4, _host("0.0.0.0:{port}")),
    "loopback-by-name": Miss("but-for-port", IPV4, _host("localhost:{port}")),
    "loopback-by-ipv6": Miss("but-for-port", IPV4, _host("[::1]:{port}")),
    "loopback-foreign-host": Miss("but-for-port", IPV4, _host("{evil}:{port}")),
    "loopback-longer-host": Miss("but-for-port", IPV4, _longer_host),
    "loopback-as-user": Miss("but-for-port", IPV4, _as_user),
    "ipv6-longer-path": Miss("but-for-port", IPV6, _at_port(_end(lambda place: f"{place}/attacker"))),
    "ipv6-by-ipv4": Miss("but-for-port", IPV6, _host("127.0.0.1:{port}")),
}


def miss_names(group: Group) -> list[str]:
    """The names of a group."""
    return [name for name, miss in MISSES.items() if miss.group == group]


def missed_request(given: Given, send: Send, target: Target, name: str) -> Missed:
    """What came of an authorization request for a URI that is nearly registered; the registered one was served."""
    registered, uri = missable_client(given, target, name)
    seen_at(given, send, registered)
    return given.observed(
        f"a native client's redirect URI {name}",
        lambda: Missed(uri, registered.client.redirect_uris, send.authorize(registered.client, redirect_uri=uri)),
    )


def missable_client(given: Given, target: Target, name: str) -> tuple[Registered, str]:
    """The first native client that has a URI which can be missed like this, and the miss."""
    miss = MISSES[name]
    native_with(given, target, miss.kind)
    for each in every_uri(target):
        uri = miss.make(each.uri, free_port(target, each.uri)) if kind_of(each.uri) == miss.kind else None
        if uri is not None and not is_registered(uri, each.client.redirect_uris):
            return Registered(given.client(each.client.name), each.uri), uri
    raise NotApplicable(f"no redirect URI of the native clients can be missed by {name.replace('-', ' ')}")
