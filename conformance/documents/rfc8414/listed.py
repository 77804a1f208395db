"""Good requests as the metadata has them: at the endpoints that it names, and by the ways that it lists."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from conformance.base.outcomes import NotApplicable, Vacuous
from conformance.base.uris import host_and_port
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.parameters import joined_scopes
from conformance.harness.send import Send
from conformance.procedures.authorization_answers import seen_granted
from conformance.procedures.introspection import ask, live_token, parameters_that_work, seen_active
from conformance.procedures.metadata import is_url, member
from conformance.procedures.revocation import accepted_revocation, fresh_token, hint_that_works
from conformance.procedures.token_requests import reply_to_request, with_query
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply, Request


def differing_url(given: Given, send: Send, target: Target, endpoint: str) -> str:
    """The URL that the metadata names for an endpoint, where that isn't the profile's own.

    Vacuous where it stands at a host that the profile doesn't name, as it does behind a proxy.
    """
    url = member(given, send, target, f"{endpoint}_endpoint")
    if not is_url(url) or url == target.url(endpoint):
        raise NotApplicable(f"the metadata names the {endpoint} endpoint of the profile")
    if host_and_port(url) not in target.hosts():
        raise Vacuous(f"the metadata names {url}, which is no host of the profile")
    return str(url)


def revoked_where_named(given: Given, send: Send, target: Target) -> tuple[Reply, tuple[str, ...]]:
    """The answer to a revocation at the named URL, and where the token lives on; one at the profile's was served."""
    url = differing_url(given, send, target, "revocation")
    kind = accepted_revocation(given, send).token.kind
    token = fresh_token(given, kind)
    parameters = {"token": token.value, **hint_that_works(given, send, kind)}
    return _posted(send, "revocation", url, parameters, token.tokens.client), given.still_active(token)


def introspected_where_named(given: Given, send: Send, target: Target) -> Reply:
    """The answer about a live token at the named URL; at the profile's it was told active."""
    url = differing_url(given, send, target, "introspection")
    parameters = {"token": live_token(given, send), **parameters_that_work(given, send)}
    seen_active(ask(given, send, parameters["token"]))
    return _posted(send, "introspection", url, parameters, given.introspecting_client())


def tokens_where_named(given: Given, send: Send, target: Target) -> Reply:
    """The answer to a token request at the named URL; one like it was served at the profile's."""
    url = differing_url(given, send, target, "token")
    client = given.client_with_secret("client_credentials")
    given.tokens("client_credentials", client)
    scope = joined_scopes(client.scopes_for("client_credentials"))
    parameters = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    return _posted(send, "token", url, parameters, client)


def asked_where_named(given: Given, send: Send, target: Target) -> Answer:
    """How a good authorization request at the named URL ended; one like it was granted at the profile's."""
    url = differing_url(given, send, target, "authorization")
    seen_granted(given)
    request = send.authorization_request()
    agent = given.user_agent()
    asked = with_query(Request("GET", url), urlencode(request.pairs))
    return send.carried_on(send.opened(asked.url, agent), request, agent, "approve")


def _posted(send: Send, endpoint: str, url: str, parameters: dict[str, str], client: Client) -> Reply:
    pairs, headers = send.authenticated(parameters, client, None, {})
    return reply_to_request(send, replace(send.form_request(endpoint, pairs, headers), url=url))


def asked_by_mode(given: Given, send: Send, mode: str) -> Answer:
    """How a good request ended that asks for its answer in a mode."""
    seen_granted(given)
    return send.authorize(response_mode=mode)


def caller_by(given: Given, method: str) -> Client:
    """Who asks about tokens by a method. NotApplicable where the caller of the profile doesn't have it."""
    caller = given.client("public") if method == "none" else given.introspecting_client()
    if method not in caller.authentication:
        raise NotApplicable(f"[clients.{caller.name}] doesn't authenticate by {method}")
    return replace(caller, authentication=(method,))
