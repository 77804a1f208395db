"""Reads a target profile (TOML), checks it against `schemas/target.schema.json` and resolves its secrets."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.base import schemas
from conformance.base.documents import keys_brought_to
from conformance.base.suggesting import did_you_mean
from conformance.base.toml_files import FileFault, gap_at, in_lines, line_of, text_of
from conformance.base.uris import is_loopback
from conformance.profile.client_role import (
    CLIENT,
    SERVER,
    STAGES,
    driving_of,
    features_of,
    registered_of,
    staging_of,
    why_unreachable,
)
from conformance.profile.target import Client, Limits, ResourceOwner, SignIn, SignInStep, Target
from conformance.tally.claims import claims, claims_of
from conformance.wire import network

LITERAL = "a literal secret is taken for a target on loopback only; write `env:NAME` and set that environment variable"
CLAIMED_UNLESS_DENIED = ("scopes", "full_redirect_uris")
OWNER_TABLES = (
    "resource_owner",
    "resource_owner_other",
    "resource_owner_unicode",
    "resource_owner_guessing",
    "resource_owner_guessing_sign_in",
)
# Paths of files, relative to the profile's folder.
FILE_KEYS = ("ca_file", "client_certificate", "client_key")
SECRET_KEYS = ("client_secret", "client_key_password", "password", "refused_password", "external_authentication_token")


class ProfileError(FileFault):
    """The profile can't be used: the message names file, line, key, reason and remedy."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A loaded profile: the target, the placeholders of its secrets, and the document as it may be shown."""

    target: Target
    secrets: Mapping[str, str]
    shown: Mapping[str, Any]
    source: str = "the profile"
    text: str = ""

    def place(self, path: Sequence[str]) -> str:
        """A key of the profile for messages: file, line, and its name."""
        line = f", line {line_of(self.text, path)}" if self.text else ""
        return f"{self.source}{line}: {'.'.join(path)}"


def read_profile(path: Path, base_url: str | None = None, environment: Mapping[str, str] | None = None) -> Profile:
    """Load a profile from a file.

    `base_url` replaces the one in the file, which moves relative endpoints. Raises ProfileError.
    """
    try:
        text = text_of(path)
    except FileFault as error:
        raise ProfileError(str(error)) from error
    return parse_profile(text, str(path), base_url, environment, path.parent)


def parse_profile(
    text: str,
    source: str,
    base_url: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path = Path(),
) -> Profile:
    """Load a profile from its text; `source` names it in messages, `folder` is what a relative ca_file stands in."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{source}: is not TOML: {error}") from error
    gaps = [*schemas.gaps("target", document)] or [
        *_unknown_claims(document),
        *_undriven(document),
        *_unreachable(document),
    ]
    is_client = not gaps and document["target"].get("role") == CLIENT
    if is_client:
        document["target"].setdefault("base_url", STAGES)
    if base_url is not None and not gaps:
        if is_client:
            raise ProfileError(f"{source}: --base-url names a server; the target is a client")
        _move(document, base_url, source)
    resolver = _Secrets(os.environ if environment is None else environment)
    shown = resolver.shown(document)
    resolved = resolver.resolved(document)
    if not gaps and not is_loopback(resolved["target"]["base_url"]):
        gaps = [gap_at(place, LITERAL) for place in resolver.literal]
    gaps += resolver.unset
    if not gaps:
        resolved = _with_demanded(resolved)
        gaps = _unfounded(resolved)
    if gaps:
        raise ProfileError(in_lines(gaps, source, text))
    target = _target(resolved, folder)
    try:
        network.check(target.reach, target.origins())
    except network.Unusable as error:
        line = line_of(text, ("target", error.key))
        raise ProfileError(f"{source}, line {line}: target.{error.key}: {error}") from error
    return Profile(target, resolver.placeholders, shown, source, text)


def with_all_probes(profile: Profile) -> Profile:
    """The profile with every opt-in probe turned on: guessing and flooding, and those that wait."""
    probes = {"intrusive": True, "wait": True}
    shown = {**profile.shown, "target": {**profile.shown["target"], **probes}}
    return replace(profile, target=replace(profile.target, intrusive=True, wait=True), shown=shown)


def with_outlook(profile: Profile) -> Profile:
    """The profile with everything tested that its target has, claimed or not."""
    target = profile.target
    assumed = {name for claim in claims().values() for name in claim.assumes}
    claimed = replace(target.claims, outlook=True)
    return replace(profile, target=replace(target, features=target.features | assumed, claims=claimed))


def unverified_profile(profile: Profile) -> Profile:
    """The profile of a target whose certificate isn't to be verified."""
    return replace(profile, target=replace(profile.target, insecure=True))


def _move(document: dict[str, Any], base_url: str, source: str) -> None:
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc:
        raise ProfileError(f"--base-url {base_url}: is not an http or https URL")
    absolute = [name for name, place in document.get("endpoints", {}).items() if "://" in place]
    if absolute:
        raise ProfileError(
            f"{source}: --base-url can't move absolute endpoints ({', '.join(absolute)}): make them relative, "
            f"or edit the profile"
        )
    if urlsplit(base_url).netloc != urlsplit(document["target"]["base_url"]).netloc:
        # Reports would name one deployment and show another.
        document["target"]["name"] = urlsplit(base_url).netloc
    old, issuer = document["target"]["base_url"].rstrip("/"), document["target"].get("issuer", "")
    if issuer == old or issuer.startswith(f"{old}/"):
        document["target"]["issuer"] = base_url.rstrip("/") + issuer.removeprefix(old)
    document["target"]["base_url"] = base_url


class _Secrets:
    """Resolves `env:NAME` values and remembers how each secret may be shown."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.unset: list[schemas.Gap] = []
        self.placeholders: dict[str, str] = {}
        self.literal: list[tuple[str, ...]] = []

    def resolved(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            return {key: self.resolved(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolved(inner, path) if isinstance(inner, dict) else inner for inner in value]
        if isinstance(value, str) and self._is_secret(path, value):
            return self._secret(value, path)
        return value

    def shown(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            return {key: self.shown(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.shown(inner, path) if isinstance(inner, dict) else inner for inner in value]
        if isinstance(value, str) and self._is_secret(path, value):
            return _placeholder(value, path)
        return value

    def _is_secret(self, path: tuple[str, ...], value: str) -> bool:
        if path[0] == "sign_in":  # fields of a page may be called `password`
            return value.startswith("env:")
        external = path[-2:-1] == ("external_authentication_token",) and path[-1] != "client"
        named = path[-1] in SECRET_KEYS or external
        return named or path[:2] == ("target", "headers") or value.startswith("env:")

    def _secret(self, value: str, path: tuple[str, ...]) -> str:
        if not value.startswith("env:"):
            if path[:2] != ("target", "headers"):
                self.literal.append(path)
            self.placeholders[value] = _placeholder(value, path)
            return value
        name = value.removeprefix("env:")
        if not self._environment.get(name):
            self.unset.append(gap_at(path, f"the environment variable {name} is not set"))
            return ""
        self.placeholders[self._environment[name]] = f"${name}"
        return self._environment[name]


def _placeholder(value: str, path: tuple[str, ...]) -> str:
    return f"${value.removeprefix('env:')}" if value.startswith("env:") else "{" + ".".join(path[-2:]) + "}"


def _target(document: Mapping[str, Any], folder: Path) -> Target:
    about = document["target"]
    clients = {name: _client(name, table) for name, table in document.get("clients", {}).items()}
    extension = document.get("extension_grant")
    return Target(
        name=about["name"],
        base_url=about["base_url"],
        features=(features := _features(document, clients)),
        endpoints=document.get("endpoints", {}),
        clients=clients,
        owners={name: ResourceOwner(name=name, **document[name]) for name in OWNER_TABLES if name in document},
        issuer=about.get("issuer"),
        other_issuers=tuple(about.get("other_issuers", ())),
        own_hosts=tuple(about.get("own_hosts", ())),
        pkce_told=about.get("pkce_told"),
        plain_http=about.get("plain_http"),
        **{name: str(folder / about[name]) for name in FILE_KEYS if name in about},
        insecure=False,
        client_key_password=about.get("client_key_password"),
        control_url=document.get("control", {}).get("url"),
        timeout=float(about.get("timeout", 10.0)),
        connect_timeout=about.get("connect_timeout"),
        read_timeout=about.get("read_timeout"),
        intrusive=about.get("intrusive", is_loopback(about["base_url"])),
        wait=about.get("wait", False),
        resource_checks_tokens=about.get("resource_checks_tokens", False),
        insufficient_scope=about.get("insufficient_scope"),
        introspection_tells_whole_scope=about.get("introspection_scope") == "whole",
        headers=about.get("headers", {}),
        limits=Limits(**document.get("limits", {})),
        declined=document.get("declined", {}),
        claims=claims_of(document.get("claims"), features),
        sign_in=_sign_in(document.get("sign_in", {}), folder),
        extension_grant={"grant_type": extension["grant_type"], **extension["parameters"]} if extension else None,
        documented=document.get("documented", {}),
        faults={},
        role=about.get("role", SERVER),
        driving=driving_of(document, str(folder)),
        staging=staging_of(document, folder),
        registered=registered_of(document),
    )


def _unknown_claims(document: Mapping[str, Any]) -> list[schemas.Gap]:
    known = claims()
    return [
        gap_at(("claims",), f"there is no claim {name!r}: there are {', '.join(known)}{did_you_mean(name, known)}")
        for name in document.get("claims", ())
        if name not in known
    ]


def _with_demanded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the features that its claims demand, where it doesn't name them."""
    demanded = {each for name in document.get("claims", ()) for each in claims()[name].demands}
    schema = schemas.schema(schemas.PROFILE)
    settable = demanded & schema["properties"]["features"]["properties"].keys()
    return {**document, "features": dict.fromkeys(sorted(settable), True) | document.get("features", {})}


def _undriven(document: Mapping[str, Any]) -> list[schemas.Gap]:
    """A client that nobody knows how to drive, or in two ways."""
    if document["target"].get("role") != CLIENT:
        return []
    ways = [name for name in ("command", "callable") if name in document.get("driver", {})]
    if len(ways) == 1:
        return []
    return [
        gap_at(
            ("driver",), f"a client is driven by `command` or by `callable`: there is {' and '.join(ways) or 'none'}"
        )
    ]


def _unreachable(document: Mapping[str, Any]) -> list[schemas.Gap]:
    """Stages that a client can't be sent to."""
    why = why_unreachable(document)
    return [gap_at(("stage", "listen"), why)] if why else []


def _unfounded(document: Mapping[str, Any]) -> list[schemas.Gap]:
    """Claims of what the profile says isn't there, or doesn't describe."""
    has = _features(document, {name: _client(name, table) for name, table in document.get("clients", {}).items()})
    return [
        gap_at(("claims",), f"{name} is a claim of {', '.join(missing)}, which the profile doesn't have")
        for name in document.get("claims", ())
        if (missing := [each for each in claims()[name].demands if each not in has])
    ]


def _sign_in(table: Mapping[str, Any], folder: Path) -> SignIn:
    steps, hosts = tuple(SignInStep(**step) for step in table.get("steps", ())), tuple(table.get("hosts", ()))
    decline = table.get("decline")
    can_decline = decline is not False
    declining = {"decline": decline if can_decline else None, "can_decline": can_decline}
    return SignIn(**{**table, **declining, "steps": steps, "hosts": hosts, "folder": str(folder)})


def _client(name: str, table: Mapping[str, Any]) -> Client:
    authentication = table.get("authentication", "client_secret_basic" if "client_secret" in table else "none")
    grants = table.get("grants")
    return Client(
        name=name,
        client_id=table["client_id"],
        client_secret=table.get("client_secret"),
        redirect_uris=tuple(table.get("redirect_uris", ())),
        scopes=tuple(table.get("scopes", ())),
        grant_scopes={grant: tuple(scopes) for grant, scopes in table.get("grant_scopes", {}).items()},
        grants=None if grants is None else tuple(grants),
        barred=tuple(table.get("barred", ())),
        authentication=(authentication,) if isinstance(authentication, str) else tuple(authentication),
        pkce=table.get("pkce", "S256"),
        authorization_parameters=table.get("authorization_parameters", {}),
        token_parameters=table.get("token_parameters", {}),
        declared={key: table[key] for key in sorted(keys_brought_to("clients")) if key in table},
    )


def _features(document: Mapping[str, Any], clients: Mapping[str, Client]) -> frozenset[str]:
    """The claimed features and those that follow from them."""
    if document["target"].get("role") == CLIENT:
        return features_of(document)
    claimed = dict(document.get("features", {}))
    grants = set(claimed.pop("grants", ()))
    features = grants | {name for name, value in claimed.items() if value}
    features |= {name for name in CLAIMED_UNLESS_DENIED if claimed.get(name, True)}
    if grants & {"authorization_code", "implicit"}:
        features.add("authorization_endpoint")
    if grants - {"implicit"}:
        features.add("token_endpoint")
    if any(client.client_secret for client in clients.values()):
        features.add("client_password")
    base_url = document["target"]["base_url"]
    if base_url.startswith("https:") or not is_loopback(base_url):
        features.add("tls")
    documented = document.get("documented", {})
    features |= {f"documented_{name}" for name, value in documented.items() if value}
    if any(documented.values()):
        features.add("documented_api")
    return frozenset(features)
