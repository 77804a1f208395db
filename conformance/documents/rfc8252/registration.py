"""What the profile says of registrations, and requests that show whether the server keeps to them."""

from __future__ import annotations

from conformance.base.outcomes import Untested
from conformance.documents.rfc8252.logins import seen_at, seen_working
from conformance.documents.rfc8252.loopback import is_registered
from conformance.documents.rfc8252.native_clients import (
    HTTPS,
    PRIVATE,
    Registered,
    every_uri,
    is_native,
    kind_of,
    native_clients,
)
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import Missed
from conformance.profile.target import Client, Target


def web_client(given: Given, target: Target) -> Client:
    """A client with a secret of its own and an https redirect URI; Untested where there is none."""
    for client in target.clients.values():
        usable = client.may_use("authorization_code") and not client.is_guessed_at and not is_native(client)
        if client.client_secret and usable and HTTPS in map(kind_of, client.redirect_uris):
            return given.client(client.name)
    raise Untested("no web client with a secret and an https redirect URI: add [clients.confidential]")


def has_unfit_scheme(uri: str) -> bool:
    """Whether a private-use scheme holds no period, and so reverses no domain name."""
    return kind_of(uri) == PRIVATE and "." not in uri.partition(":")[0]


def with_unfit_scheme(given: Given, send: Send, target: Target) -> Missed:
    """What came of a request for a URI with a scheme that should have been rejected, registered or not."""
    seen_working(given, send, target)
    for client in native_clients(target):
        rejected = client.declared.get("rejected_redirect_uris", ())
        uri = next(filter(has_unfit_scheme, (*rejected, *client.redirect_uris)), None)
        if uri is not None:
            return Missed(uri, (), send.authorize(given.client(client.name), redirect_uri=uri))
    name = native_clients(target)[0].name
    raise Untested(
        f"whether a scheme without a period is registered isn't known: try to register one, such as myapp:/cb, and "
        f"add it to [clients.{name}], as `rejected_redirect_uris` or, where it was taken, `redirect_uris`"
    )


def uri_of_another_client(given: Given, send: Send, target: Target) -> Missed:
    """What came of a native client's request for a URI that another client has registered."""
    registered = every_uri(target)[0]
    own = Registered(given.client(registered.client.name), registered.uri)
    seen_at(given, send, own)
    others = [uri for each in target.clients.values() if each.name != own.client.name for uri in each.redirect_uris]
    uri = next((uri for uri in others if not is_registered(uri, own.client.redirect_uris)), None)
    if uri is None:
        raise Untested("no other client of the profile has a redirect URI of its own: add [clients.confidential]")
    return Missed(uri, own.client.redirect_uris, send.authorize(own.client, redirect_uri=uri))
