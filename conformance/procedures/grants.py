"""Token requests by `password`, `client_credentials` and an extension grant, good and faulty, and how they end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.procedures.token_requests import with_refresh_token
from conformance.procedures.token_responses import valid_request

if TYPE_CHECKING:
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.harness.tokens import Tokens
    from conformance.profile.target import Client, ResourceOwner
    from conformance.wire.exchange import Reply

# How a client says who it is: these parameters are no part of the grant.
AUTHENTICATION = ("client_id", "client_secret")


def client_using(given: Given, name: str, grant: str) -> Client:
    """A client of the profile by its name; Untested where the profile has none, or it may not use the grant."""
    given.feature(grant)
    client = given.client(name)
    if not client.may_use(grant):
        raise Untested(f"[clients.{name}] may not use the grant {grant}")
    return client


def client_served(given: Given, send: Send, grant: str) -> Client:
    """The main client of a grant; its ordinary request by that grant has been seen to be served."""
    request = valid_request(given, send, grant)
    given.accepted(request.reply, f"a valid token request by {grant}")
    return request.client


def client_with_secret_served(given: Given, send: Send, grant: str) -> Client:
    """The main client with a secret that may use a grant, seen to obtain a token by it."""
    client = given.client_with_secret(grant)
    given.observed(f"a token for {client.name} by {grant}", lambda: given.tokens(grant, client))
    return client


def wrong_secret(given: Given, client: Client) -> Client:
    """The client with a secret that isn't its own."""
    return replace(client, client_secret=given.invented("client_secret"))


def near_password(owner: ResourceOwner, how: str) -> str:
    """A password that comes near the owner's: `other case`, `longer`, `shorter`, `space before`, `space behind`."""
    near = {
        "other case": owner.password.swapcase(),
        "longer": owner.password + "x",
        "shorter": owner.password[:-1],
        "space before": f" {owner.password}",
        "space behind": f"{owner.password} ",
    }[how]
    if near == owner.password:
        raise Untested(f"the password of [{owner.name}] has no letters that could change case")
    return near


# Extension grants


def extension_request(given: Given, send: Send, client: Client, **changes: Any) -> Reply:
    """A request by the extension grant of the profile, with changes of its parameters."""
    own = given.extension_grant()
    return send.token(own["grant_type"], client, own, **changes)


def additional_parameters(given: Given) -> Mapping[str, str]:
    """What the extension grant needs beside `grant_type`; Untested where the profile has nothing."""
    parameters = {name: value for name, value in given.extension_grant().items() if name != "grant_type"}
    if not parameters:
        raise Untested("no parameter is named that the extension grant needs: add [extension_grant.parameters]")
    return parameters


def plain_name(given: Given) -> str:
    """The last part of the extension grant's URI: what somebody would call it who doesn't care for URIs."""
    return re.split(r"[:/#?]", given.extension_grant()["grant_type"].rstrip(":/#?"))[-1]


# Ends


def if_credentials_are_right(reply: Reply, *more_faults: str) -> Reply:
    """The reply to a valid request; Inconclusive when it says that something in the profile isn't valid."""
    if reply.members.get("error") in ("invalid_client", "invalid_grant", *more_faults):
        raise Inconclusive(f"a token request that the profile makes for a valid one got {reply}: see the profile")
    return reply


def expect_refresh_token_good(given: Given, send: Send, expect: Expect, tokens: Tokens) -> None:
    """A Violation if a refresh token came that its client can't exchange; Vacuous where none came.

    NotApplicable where the profile says that the client may not refresh: what it is given is of no use then.
    """
    if not tokens.client.may_use("refresh_token"):
        raise NotApplicable(f"[clients.{tokens.client.name}] may not use the grant refresh_token")
    expect(send.refresh(with_refresh_token(tokens))).issues_a_token()
