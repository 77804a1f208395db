"""The password grant, tried by clients that exist and a resource owner who does."""

from __future__ import annotations

from typing import Any

from conformance.base.outcomes import Untested
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# The main client with a secret, the public one, and any other.
CLIENTS = ("main", "public", "other")
INTERACTIVE = "authorization_code"


def reply_to_password_request(given: Given, send: Send, name: str, *, scoped: bool) -> Reply:
    """A request by user name and password that are right, of a client that is served otherwise."""
    client = _client(given, name)
    if client.may_use(INTERACTIVE) and given.claims(INTERACTIVE):
        seen_exchanged(given, client)
    owner = given.owner()
    scope: Any = " ".join(client.scopes_for(INTERACTIVE)) or OMIT
    parameters: dict[str, Any] = {"username": owner.username, "password": owner.password}
    return send.token("password", client, parameters, scope=scope if scoped else OMIT)


def _client(given: Given, name: str) -> Client:
    if name == "main":
        return given.client_with_secret()
    client = given.client(name)
    if client.client_id == given.client_with_secret().client_id:
        raise Untested(f"[clients.{name}] is the main client")
    return client
