"""What a client under test is told of one login: an object for a callable, environment variables for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.wire.stages import Stage

PREFIX = "OAUTH2_"
USERNAME, PASSWORD = "alice", "alice-demo-password"
SHARED = ("issuer", "authorization_endpoint", "token_endpoint", "revocation_endpoint", "resource", "client_id")
OWN = ("client_secret", "redirect_uri", "scope")
# Where HTTP libraries look for the authority to trust.
TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Context:
    """One login: where things are, who the client is, and what is asked of it; `browse` is a browser."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    resource: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: str
    asked: frozenset[str]
    certificates: str
    browse: Callable[[str], str]
    second: Context | None = None
    username: str | None = None
    password: str | None = None


def context_of(
    stage: Stage,
    asked: frozenset[str],
    certificates: str,
    browse: Callable[[str], str],
    second: Context | None = None,
) -> Context:
    """The context of a login at a stage."""
    known = stage.credentials
    return Context(
        issuer=stage.issuer,
        authorization_endpoint=stage.urls["authorization"],
        token_endpoint=stage.urls["token"],
        revocation_endpoint=stage.urls["revocation"],
        resource=stage.urls["resource"],
        client_id=known.client_id,
        client_secret=known.client_secret,
        redirect_uri=known.redirect_uri,
        scope=known.scope,
        asked=asked,
        certificates=certificates,
        browse=browse,
        second=second,
    )


def variables(context: Context) -> Mapping[str, str]:
    """The context as environment variables."""
    found = dict(_named(context, PREFIX))
    if context.second is not None:
        found.update(_named(context.second, f"{PREFIX}SECOND_"))
    found[f"{PREFIX}ASKED"] = ",".join(sorted(context.asked))
    for name in ("username", "password"):
        value = getattr(context, name)
        if value is not None:
            found[f"{PREFIX}{name.upper()}"] = value
    return {**found, **dict.fromkeys(TRUST_VARIABLES, context.certificates)}


def _named(context: Context, prefix: str) -> Iterator[tuple[str, str]]:
    for name in (*SHARED, *OWN):
        value = getattr(context, name)
        if value is not None:
            yield f"{prefix}{name.upper()}", value
