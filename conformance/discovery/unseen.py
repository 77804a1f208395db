"""What `init` could not find out, and what would show it: a profile says less than the server does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.discovery.found_endpoints import Places
from conformance.discovery.learned import LearnedClient, LearnedFeatures, union_of_grants

CORE_GRANTS = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")


def lines_of_unseen(
    places: Places, clients: Mapping[str, LearnedClient], features: LearnedFeatures, scopes: tuple[str, ...]
) -> Iterator[str]:
    """A line for each."""
    listed = places.metadata.names("scopes_supported") if places.metadata else ()
    grants = union_of_grants(clients)
    if grants and not scopes and not listed:
        yield "scopes other than the default one: name them with --scope"
    if "protected_resource" not in places.endpoints:
        yield "whether tokens open a protected resource: name one with --endpoint protected_resource=URL"
    for name in ("revocation", "introspection"):
        if name not in places.endpoints:
            yield f"whether there is {name}: no metadata names its endpoint; name it with --endpoint {name}=URL"
    if "metadata" not in places.endpoints:
        yield "metadata by RFC 8414: nothing stands at /.well-known/oauth-authorization-server"
    offered = places.metadata.names("grant_types_supported") if places.metadata else ()
    for grant in (name for name in offered if name not in CORE_GRANTS):
        yield f"how the grant {grant} is asked for: describe it in [extension_grant]"
    yield from _of_features(clients, features)


def _of_features(clients: Mapping[str, LearnedClient], features: LearnedFeatures) -> Iterator[str]:
    if "introspection" in features.claimed and "other" not in clients:
        yield "whether introspection is limited to some callers: it takes [clients.other]"
    if "protected_resource" in features.claimed and not features.insufficient_scope:
        yield "a scope that leaves the protected resource shut: name one as `insufficient_scope` under [target]"
    barred = [name for name, learned in clients.items() if learned.barred]
    if clients and not barred:
        yield "how a client is refused that may not use a grant: it takes [clients.restricted]"
    yield "how long codes live, and after how many failures the server locks: [limits] says it"
    yield "where plain HTTP would be heard: `plain_http` under [target] says it"
