"""The client whose identifier and secret hold what needs care: colon, percent, plus, ampersand, space."""

from __future__ import annotations

from dataclasses import replace

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.client_authentication import BY_BASIC, in_either_spelling, rightly_sent
from conformance.procedures.redirects import GRANT_OF, any_response_type
from conformance.procedures.token_requests import token_request
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

SPECIAL = frozenset(" :%+&")


def special_client(given: Given, name: str) -> Client:
    """The client of the profile whose `client_id` or `client_secret` has such characters."""
    client = given.client("special")
    if not SPECIAL & set(getattr(client, name) or ""):
        raise Untested(f"the {name} of [clients.special] has none of the characters : % + & and space")
    return client


def is_recognized(given: Given, send: Send) -> bool:
    """Whether the client is known by its identifier: at the authorization endpoint, which asks for nothing else.

    Where there is none, at the token endpoint. Inconclusive when it is known nowhere.
    """
    client = special_client(given, "client_id")
    if not _authorizes(given, client):
        reply = rightly_sent(given, send, client, reply_to_credentials(given, send, client))
        return reply.is_served
    answer = arrived_answer(given, send.authorize(client, any_response_type(given, client)))
    if answer.destination is None and not any(_works(given, send, client, method) for method in client.authentication):
        raise Inconclusive(f"[clients.special] is known neither here ({answer}) nor at the token endpoint")
    return answer.destination is not None


def _authorizes(given: Given, client: Client) -> bool:
    usable = any(given.claims(grant) and client.may_use(grant) for grant in GRANT_OF.values())
    return usable and bool(client.redirect_uris)


def reply_to_credentials(given: Given, send: Send, client: Client, method: str | None = None) -> Reply:
    """The ordinary token request of the client by a method; NotApplicable where it doesn't claim that one."""
    method = method or client.authentication[0]
    if method not in client.authentication:
        raise NotApplicable(f"[clients.{client.name}] doesn't authenticate by {method}")
    chosen = replace(client, authentication=(method,))
    return given.observed(
        f"the token request of [clients.special] by {method}", lambda: token_request(given, send, None, chosen)
    )


def rightly_authenticated(given: Given, send: Send, method: str) -> Reply:
    """The same, where one way or another shows that identifier and secret are right.

    With Basic a space may be written as in a URI: how it is decoded is section 2.3.1's concern.
    """
    client = special_client(given, "client_secret")
    reply = reply_to_credentials(given, send, client, method)
    if method == BY_BASIC:
        reply = in_either_spelling(given, send, replace(client, authentication=(BY_BASIC,)))
    others = [other for other in client.authentication if other != method]
    if any(_works(given, send, client, other) for other in others):
        return reply
    return rightly_sent(given, send, client, reply)


def _works(given: Given, send: Send, client: Client, method: str) -> bool:
    with given.arranging():
        reply = reply_to_credentials(given, send, client, method)
    return reply.is_success and bool(reply.members.get("access_token"))
