"""Flow 4 of the documented API: an external authentication token, and the application that takes it."""

from __future__ import annotations

from typing import Any

from conformance.base.outcomes import NotApplicable, Untested
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


def external_value(given: Given) -> str:
    """The resource owner's external authentication token."""
    return str(given.documented("external_authentication_token")["value"])


def other_external_value(given: Given) -> str:
    """Another resource owner's external authentication token."""
    value = given.documented("external_authentication_token").get("other_value")
    if value is None:
        raise Untested(
            "another resource owner's value is needed: [documented.external_authentication_token] other_value"
        )
    return str(value)


def external_client(given: Given) -> Client:
    """The application that takes external authentication tokens."""
    return given.client(str(given.documented("external_authentication_token")["client"]))


def wrong_values(given: Given, value: str) -> dict[str, str]:
    """Values that aren't the right one, by how they differ from it."""
    # Without letters there is no other case, so that one more character has to do.
    other_case = value.swapcase() if value.swapcase() != value else f"{value}x"
    return {
        "invented": given.invented("external_token"),
        "longer": f"{value}x",
        "shorter": value[:-1],
        "other case": other_case,
        "space first": f" {value}",
        "space last": f"{value} ",
    }


def other_external_scope(given: Given) -> str:
    """A scope other than `me` that the application may ask for, and no app's."""
    client = external_client(given)
    for scope in given.scopes("password", client=client):
        if scope not in ("me", "app", "basic"):
            return scope
    raise NotApplicable(f"[clients.{client.name}] may ask for the scope me alone")


def external_request(given: Given, send: Send, client: Client | None = None, **changes: Any) -> Reply:
    """Flow 4: the password grant with an external authentication token and the scope `me`."""
    own = {"scope": "me", "external_authentication_token": external_value(given)}
    return send.token("password", client or external_client(given), own, **changes)


def external_tokens(given: Given, send: Send, scope: str = "me", **changes: Any) -> Tokens:
    """Fresh tokens that a right value gives."""
    with given.arranging():
        reply = external_request(given, send, scope=scope, **changes)
    return given.tokens_in(reply, external_client(given), "password", scope)


def application_of_other_type(given: Given, send: Send, client: Client) -> Client:
    """A client that is served by the password grant, and isn't the application for external authentication tokens."""
    if not client.may_use("password"):
        raise NotApplicable(f"[clients.{client.name}] may not use the password grant")
    if client.client_id == external_client(given).client_id:
        raise Untested("this probe needs another client that may use the grant password")
    with given.arranging():
        given.issued(send.password(client), "the same client with user name and password")
    return client
