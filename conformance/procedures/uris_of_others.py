"""Redirection URIs that are registered, and not by the client that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from conformance.base.outcomes import Untested
from conformance.base.uris import urlsplit
from conformance.procedures.public_clients import public_client
from conformance.procedures.redirects import GRANT_OF, Missed, ResponseType, any_response_type, first_uri_served

if TYPE_CHECKING:
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.profile.target import Client, Target


def _main(given: Given) -> tuple[Client, ResponseType]:
    response_type = any_response_type(given)
    return given.client_for(GRANT_OF[response_type]), response_type


def _implicit(given: Given) -> tuple[Client, ResponseType]:
    given.feature("implicit")
    return given.client_for("implicit"), "token"


# Who asks: a server may look up URIs by another way for each.
ASKING: Mapping[str, Callable[[Given], tuple[Client, ResponseType]]] = {
    "main": _main,
    "public": public_client,
    "implicit": _implicit,
}


def missed_by_uri_of_another(given: Given, send: Send, target: Target, asking: str) -> Missed:
    """What came of a request with another client's redirection URI; with its own one the same succeeds."""
    client, response_type = ASKING[asking](given)
    redirect_uri = uri_of_another(target, client)
    first_uri_served(given, client, response_type)
    answer = send.authorize(client, response_type, redirect_uri=redirect_uri)
    return Missed(redirect_uri, client.redirect_uris, answer)


def uri_of_another(target: Target, client: Client) -> str:
    """A URI of another client, at a host that the client has none at: of its own ones a part may be registered only."""
    own = {_host(uri) for uri in client.redirect_uris}
    others = (each for each in target.clients.values() if each.client_id != client.client_id)
    found = next((uri for each in others for uri in each.redirect_uris if _host(uri) not in own), None)
    if found is None:
        raise Untested("this probe needs two clients with redirection URIs at different hosts: add [clients.other]")
    return found


def _host(uri: str) -> tuple[str, str | None]:
    parts = urlsplit(uri)
    return parts.scheme, parts.hostname
