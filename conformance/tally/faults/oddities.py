"""What is odd about a request, seen by itself: read from evidence, with the profile to tell what would be ordinary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.tally.comparing import FORM, Asked

# What the suite sends to endpoints as their documents have it.
KNOWN = frozenset(
    {
        *("response_type", "client_id", "client_secret", "redirect_uri", "scope", "state", "code", "grant_type"),
        *("username", "password", "refresh_token", "token", "token_type_hint", "code_challenge", "assertion"),
        *("code_challenge_method", "code_verifier", "access_token", "nonce", "external_authentication_token"),
    }
)
# Parameters that a request can't go without, by the value of `grant_type`.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "authorization_code": ("code",),
    "password": ("username", "password"),
    "refresh_token": ("refresh_token",),
}
VALUES = ("authorization_code", "password", "client_credentials", "refresh_token", "code", "token")
INVENTED = "{invented}"
# A secret that the profile doesn't know.
OTHER_SECRET = re.compile(r"Basic \{credentials\}|\{client_secret\}|invented")
NO_AUTHENTICATION = "no client authentication"
WRONG_AUTHENTICATION = "wrong client authentication"


@dataclass(frozen=True, slots=True)
class Known:
    """What a profile makes ordinary: clients (those with a secret, and all), redirection URIs, scopes, grant types."""

    confidential: frozenset[str]
    clients: frozenset[str]
    redirect_uris: frozenset[str]
    scopes: frozenset[str]
    grant_types: frozenset[str]

    @classmethod
    def of(cls, profile: Mapping[str, Any]) -> Known:
        """Read from a profile as `results.json` shows it."""
        clients = profile.get("clients", {}).values()
        every = [name for client in clients for name in client.get("scopes", ())]
        own = [name for client in clients for names in client.get("grant_scopes", {}).values() for name in names]
        return cls(
            frozenset(client["client_id"] for client in clients if client.get("client_secret")),
            frozenset(client["client_id"] for client in clients),
            frozenset(uri for client in clients for uri in client.get("redirect_uris", ())),
            frozenset((*every, *own)),
            frozenset((*VALUES, profile.get("extension_grant", {}).get("grant_type", ""))),
        )


def oddities(asked: Asked, known: Known) -> frozenset[str]:
    """What is odd about a request, in a few fixed words each; empty for one that any server serves."""
    return frozenset((*_parameters(asked, known), *_authentication(asked, known), *_form(asked)))


def _parameters(asked: Asked, known: Known) -> Iterator[str]:
    pairs = dict(reversed(asked.parameters))
    names = [name for name, _ in asked.parameters]
    for name, value in pairs.items():
        if names.count(name) > 1:
            yield f"repeated {name}" if name in KNOWN else "repeated unknown parameter"
        elif name not in KNOWN and not _is_of_a_page(pairs):
            yield "unknown parameter"
        elif not value:
            yield f"empty {name}"
        elif INVENTED in value and name != "client_id":
            yield f"invented {name}"
        elif value not in VALUES and value.lower() in VALUES:
            yield f"{name} in other letters"
    for name in (*REQUIRED.get(pairs.get("grant_type", ""), ()), *_owed(pairs)):
        if name not in pairs:
            yield f"missing {name}"
    yield from _values(pairs, known)


def _is_of_a_page(pairs: Mapping[str, str]) -> bool:
    """Whether a request is the form of a page, whose parameters are the server's own."""
    return not pairs.keys() & {"grant_type", "response_type", "token", "client_id"}


def _owed(pairs: Mapping[str, str]) -> tuple[str, ...]:
    """Parameters that tell what a request is: where the others are there, it is missed."""
    if pairs.keys() & {"code", "username", "refresh_token"} and not pairs.keys() & {"state", "iss"}:
        return ("grant_type",)
    if pairs.keys() & {"redirect_uri", "state"} and "grant_type" not in pairs and "code" not in pairs:
        return ("response_type", "client_id")
    return ()


def _values(pairs: Mapping[str, str], known: Known) -> Iterator[str]:
    client, uri, scope = pairs.get("client_id"), pairs.get("redirect_uri"), pairs.get("scope", "")
    if client and client not in known.clients:
        yield "unknown client_id"
    if uri and known.redirect_uris and uri not in known.redirect_uris:
        yield "unregistered redirect_uri"
    if re.search(r'["\\]|[^\x20-\x7e]|  |^ | $', scope):
        yield "malformed scope"
    elif known.scopes and set(scope.split()) - known.scopes:
        yield "unknown scope"
    for name in ("grant_type", "response_type"):
        value = pairs.get(name, "")
        if value and value.lower() not in VALUES and value not in known.grant_types and INVENTED not in value:
            yield f"unknown {name}"


def _authentication(asked: Asked, known: Known) -> Iterator[str]:
    pairs = dict(asked.parameters)
    secret = pairs.get("client_secret")
    if "response_type" in pairs:
        return
    if len(asked.credentials) > 1 or (asked.credentials and secret is not None):
        yield "two ways of client authentication"
    elif any(OTHER_SECRET.search(each) for each in (*asked.credentials, secret or "")):
        yield WRONG_AUTHENTICATION
    elif not asked.credentials and not secret and ("grant_type" in pairs or "token" in pairs):
        client = pairs.get("client_id")
        if client is None or client in known.confidential:
            yield NO_AUTHENTICATION


def _form(asked: Asked) -> Iterator[str]:
    if asked.method not in ("GET", "POST"):
        yield f"method {asked.method}"
    elif asked.method == "GET" and dict(asked.parameters).keys() & {"grant_type", "token"}:
        yield "by GET"
    if asked.method == "POST" and asked.media_type not in ("", FORM, "application/json"):
        yield "another media type"
