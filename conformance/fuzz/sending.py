"""Sending messages, whether an endpoint still works, and what counts as an answer."""

from __future__ import annotations

from conformance.base.outcomes import Inconclusive, Unanswered, Untested
from conformance.fuzz.messages import LARGE, NAME, OPENED, Message
from conformance.harness.given import Given
from conformance.harness.send import Send, basic
from conformance.procedures.redirects import any_response_type
from conformance.procedures.resource_access import resource_grant
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


def reply_to_message(given: Given, send: Send, message: Message) -> Reply:
    """The reply to a message, with the client's own credentials where it is to have them."""
    headers = list(message.headers)
    if message.client == "header":
        client = _client_of(given, message.endpoint)
        if client is not None:
            headers.append(basic(client.client_id, client.client_secret or ""))
    url = send.form_request(message.endpoint, ()).url
    if message.query:
        url = f"{url}{'&' if '?' in url else '?'}{message.query}"
    return send.raw(message.method, url, headers, message.body)


def _client_of(given: Given, endpoint: str) -> Client | None:
    """The client that authenticates by HTTP Basic at an endpoint; None where the profile has none that does."""
    if endpoint == "introspection" and given.introspecting_client().name == "introspecting":
        client = given.introspecting_client()
        return client if "client_secret_basic" in client.authentication else None
    try:
        return given.client_authenticating_by("client_secret_basic")
    except Untested:
        return None


# Whether the endpoint still works

SERVED, REFUSED, SILENT = "served", "refused", "no answer"


def good_request_to(given: Given, send: Send, endpoint: str) -> str:
    """What a good request to an endpoint comes to. One that is lost on the way is sent once more."""
    for _ in range(2):
        try:
            return SERVED if _served(given, send, endpoint) else REFUSED
        except (Inconclusive, Unanswered) as error:
            lost = str(error)
    return f"{SILENT} ({lost})"


def _served(given: Given, send: Send, endpoint: str) -> bool:
    if endpoint == "authorization":
        answer = send.authorize(response_type=any_response_type(given))
        return bool(answer.get("code") or answer.get("access_token"))
    if endpoint == "token":
        grant = given.any_grant()
        if grant == "authorization_code":
            return send.code_exchange(given.authorization_code()).is_success
        return send.grant(grant).is_success
    if endpoint in OPENED:
        return send.resource(given.tokens(resource_grant(given)).access_token, endpoint).is_success
    if endpoint == "metadata":
        return send.raw("GET", send.form_request("metadata", ()).url).is_success
    if endpoint == "introspection":
        return isinstance(send.introspection(NAME).members.get("active"), bool)
    client = given.client_with_secret()
    if send.revocation(NAME, client).is_success:
        return True
    # A server that refuses tokens it doesn't know is found by other tests; its own ones it takes.
    return send.revocation(given.tokens(given.any_grant(client), client).access_token, client).is_success


def seen_served(given: Given, send: Send, endpoint: str) -> None:
    """Positive control: a good request is served before anything goes wrong."""
    with given.arranging():
        came = good_request_to(given, send, endpoint)
    if came != SERVED:
        raise Inconclusive(f"positive control: a good request to the {endpoint} endpoint should be served, but: {came}")


# Judging


def is_decided(message: Message, reply: Reply) -> bool:
    """Whether a reply is no breakdown. A 503 that says when to try again is none either."""
    return not reply.is_breakdown or (reply.status == 503 and reply.header("Retry-After") is not None)


def no_answer_to(given: Given, send: Send, message: Message) -> str | None:
    """Why no answer came to a message, in words; None when one came.

    Inconclusive where nothing else is answered either: then the target went before, and not over this message.
    """
    silence = why_unanswered(given, send, message)
    if silence is not None:
        if len(message.body) > LARGE:
            # It may have been refused before it was read: the network decides whether that arrives.
            raise Inconclusive(silence)
        with given.arranging():
            send.raw("GET", send.form_request(message.endpoint, ()).url)
    return silence


def why_unanswered(given: Given, send: Send, message: Message) -> str | None:
    """Send a message, and say why no answer came; None when one came."""
    try:
        reply_to_message(given, send, message)
    except (Inconclusive, Unanswered) as error:
        return str(error)
    return None
