"""Scopes that are open to one client and not to another, and what a scope should never say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.base.outcomes import Untested
from conformance.harness.given import CHEAPEST_FIRST, Given
from conformance.harness.send import Send
from conformance.procedures.scopes import obtained_scope
from conformance.profile.target import Client, Target

# Shorter texts may stand in a scope by chance.
LONG = 8
SPECIAL = ("introspecting",)


def scope_of_another_client(given: Given, send: Send, target: Target) -> tuple[str, str, Client]:
    """A scope, a grant, and a client that may use the grant and not the scope; both are seen to be good otherwise."""
    found = next(_closed_scopes(target), None)
    if found is None:
        raise Untested(
            "all clients of the profile have the same scopes: add one with fewer, such as [clients.restricted]"
        )
    scope, grant, client, other = found
    with given.arranging():
        given.issued(
            obtained_scope(given, send, scope, grant, other).reply, f"the scope {scope} for [clients.{other.name}]"
        )
    given.tokens(grant, client)
    return scope, grant, client


def _closed_scopes(target: Target) -> Iterator[tuple[str, str, Client, Client]]:
    for grant in (grant for grant in CHEAPEST_FIRST if grant in target.features):
        users = [
            each
            for each in target.clients.values()
            if each.may_use(grant) and each.name not in SPECIAL and not each.is_guessed_at
        ]
        for client, other in ((one, two) for one in users for two in users):
            for scope in other.scopes_for(grant):
                if client.scopes_for(grant) and scope not in client.scopes_for(grant):
                    yield scope, grant, client, other


def secrets_in_scope(given: Given) -> list[str]:
    """Which secrets a returned scope holds, in words."""
    grant = next(name for name in ("password", *CHEAPEST_FIRST) if given.claims(name))
    tokens = given.tokens(grant)
    secrets = {"the client's secret": tokens.client.client_secret}
    if grant != "client_credentials":
        owner = given.owner()
        secrets |= {"the resource owner's user name": owner.username, "the resource owner's password": owner.password}
    told, asked = tokens.scope or "", tokens.asked_scope or ""
    words = set(re.split(r"[\s:/=]+", told)) - set(re.split(r"[\s:/=]+", asked))
    return [
        what for what, value in secrets.items() if value and (value in words or (len(value) >= LONG and value in told))
    ]
