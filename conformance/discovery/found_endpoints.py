"""Finds the endpoints of a deployment: its metadata (RFC 8414, OpenID discovery), else the layouts that servers use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import host_and_port, is_loopback
from conformance.harness.send import FORM
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.target import DOCUMENTED_LAYOUT
from conformance.wire.exchange import Reply

OAUTH, OPENID = "oauth-authorization-server", "openid-configuration"
# Members of metadata, and what the profile calls the endpoint.
MEMBERS: Mapping[str, str] = {
    "authorization_endpoint": "authorization",
    "token_endpoint": "token",
    "revocation_endpoint": "revocation",
    "introspection_endpoint": "introspection",
    "userinfo_endpoint": "userinfo",
}
# Endpoints that are looked for where no metadata names them: the documented layout first, then other common ones.
LOOKED_FOR = ("authorization", "token", "revocation", "introspection", "token_info")
COMMON_LAYOUTS: tuple[Mapping[str, str], ...] = (
    {name: DOCUMENTED_LAYOUT[name] for name in LOOKED_FOR},
    {
        "authorization": "/oauth2/authorize",
        "token": "/oauth2/token",
        "revocation": "/oauth2/revoke",
        "introspection": "/oauth2/introspect",
    },
    {
        "authorization": "/o/authorize/",
        "token": "/o/token/",
        "revocation": "/o/revoke_token/",
        "introspection": "/o/introspect/",
    },
    {"authorization": "/authorize", "token": "/token", "revocation": "/revoke", "introspection": "/introspect"},
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """A metadata document: where it was found, whether it is RFC 8414's, and its members."""

    url: str
    is_rfc8414: bool
    members: Mapping[str, Any]

    def names(self, member: str) -> tuple[str, ...]:
        """A member that is a list of names; empty when it is anything else."""
        value = self.members.get(member)
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Places:
    """The endpoints of a deployment (absolute URLs), how they were found, and what to know about that."""

    endpoints: Mapping[str, str]
    how: str
    metadata: Metadata | None = None
    remarks: tuple[str, ...] = field(default=())


def metadata_urls(url: str) -> tuple[str, ...]:
    """Where metadata of an issuer may be: inserted before its path (RFC 8414 section 3), appended to it, at the root.

    A URL that points at a metadata document is the only candidate itself.
    """
    parts = urlsplit(url)
    if "/.well-known/" in parts.path:
        return (url,)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    inserted = [f"{origin}/.well-known/{name}{path}" for name in (OAUTH, OPENID)]
    appended = [f"{origin}{path}/.well-known/{name}" for name in (OAUTH, OPENID)]
    at_root = [f"{origin}/.well-known/{name}" for name in (OAUTH, OPENID)]
    return tuple(dict.fromkeys([*inserted, *appended, *at_root]))


def issuer_of(url: str) -> str:
    """The issuer that a URL stands for: what it is without the well-known part."""
    parts = urlsplit(url)
    before, marker, after = parts.path.partition("/.well-known/")
    if not marker:
        return url.rstrip("/")
    path = before + "".join(f"/{part}" for part in after.split("/")[1:])
    return f"{parts.scheme}://{parts.netloc}{path}".rstrip("/")


def find_places(session: Session, url: str) -> Places:
    """The endpoints of the deployment at a URL; sends no credentials, and nothing to another host.

    Raises Inconclusive when nothing answers there.
    """
    trial = Trial(session)
    found = _find_metadata(trial, url)
    if found is not None:
        return _places_of(found, url)
    for number, layout in enumerate(COMMON_LAYOUTS):
        base = issuer_of(url)
        if _is_token_endpoint(trial, base + layout["token"]):
            which = "the documented" if number == 0 else "a common"
            return Places({name: base + path for name, path in layout.items()}, f"{which} layout, for want of metadata")
    return Places({}, "no metadata was found, and no common layout answers")


def _find_metadata(trial: Trial, url: str) -> Metadata | None:
    fallback: Metadata | None = None
    for candidate in metadata_urls(url):
        members = _fetched(trial, candidate)
        if not isinstance(members.get("token_endpoint") or members.get("authorization_endpoint"), str):
            continue
        found = Metadata(candidate, OAUTH in candidate, members)
        if str(members.get("issuer", "")).rstrip("/") == issuer_of(url):
            return found
        fallback = fallback or found
    return fallback


def _fetched(trial: Trial, url: str) -> Mapping[str, Any]:
    """The JSON object at a URL; follows one redirect, within its host."""
    reply = trial.send.raw("GET", url, [("Accept", "application/json")])
    if reply.is_redirect:
        location = urljoin(url, reply.header("Location") or "")
        if host_and_port(location) != host_and_port(url):
            return {}
        reply = trial.send.raw("GET", location, [("Accept", "application/json")])
    return reply.members if reply.is_success else {}


def _places_of(found: Metadata, url: str) -> Places:
    """What metadata says, with what a reader should be told about it."""
    endpoints: dict[str, str] = {}
    remarks: list[str] = []
    for member, name in MEMBERS.items():
        place = found.members.get(member)
        if not isinstance(place, str) or urlsplit(place).scheme not in ("http", "https") or not urlsplit(place).netloc:
            continue
        if place.startswith("http:") and url.startswith("https:") and not is_loopback(place):
            remarks.append(f"left out: the metadata's {member} is not encrypted: {place}")
            continue
        endpoints[name] = place
    if found.is_rfc8414:
        endpoints["metadata"] = found.url
    issuer = str(found.members.get("issuer", ""))
    if issuer.rstrip("/") != issuer_of(url):
        remarks.append(f"the metadata's issuer is {issuer or 'missing'}, not {issuer_of(url)}")
    remarks += [
        f"endpoints on another host, which will get requests too: {host}" for host in _other_hosts(endpoints, url)
    ]
    return Places(endpoints, f"metadata at {found.url}", found, tuple(remarks))


def _other_hosts(endpoints: Mapping[str, str], url: str) -> Iterator[str]:
    hosts = {urlsplit(place).netloc for place in endpoints.values() if host_and_port(place) != host_and_port(url)}
    return iter(sorted(hosts))


def _is_token_endpoint(trial: Trial, url: str) -> bool:
    """Whether a URL answers an empty token request as RFC 6749 section 5.2 has it, roughly."""
    try:
        reply = trial.send.raw("POST", url, [("Content-Type", FORM)], "grant_type=")
    except Inconclusive:
        return False
    return "error" in reply.members or (reply.status == 401 and reply.header("WWW-Authenticate") is not None)


def is_there(reply: Reply) -> bool:
    """Whether an answer shows that an endpoint stands there: no 404 and the like, no server error."""
    return reply.status not in (404, 405, 410, 501) and reply.status < 500
