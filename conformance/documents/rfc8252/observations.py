"""What a server is seen to do with native clients where the text leaves it open."""

from __future__ import annotations

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.browser.user_agent import Answer
from conformance.documents.rfc8252.logins import asked_again, login
from conformance.documents.rfc8252.loopback import at_free_port
from conformance.documents.rfc8252.native_clients import HTTPS, LOCALHOST, every_uri, kind_of, native_with, public_with
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.public_clients import asked_somebody
from conformance.profile.target import Client, Target


def implicit_request(given: Given, send: Send, target: Target) -> str:
    """What became of a native client's implicit request, in words."""
    registered = every_uri(target)[0]
    answer = send.authorize(given.client(registered.client.name), "token", redirect_uri=registered.uri)
    return f"an implicit request of a native client: {'served' if answer.get('access_token') else answer}"


def localhost_treatment(given: Given, send: Send, target: Target) -> str:
    """What became of redirect URIs at `localhost`, in words; NotApplicable where none is registered."""
    if not any(kind_of(each.uri) == LOCALHOST for each in every_uri(target)):
        raise NotApplicable("no native client of the profile has a redirect URI at localhost")
    registered = native_with(given, target, LOCALHOST)
    fixed = login(given, send, registered.client, registered.uri)
    free = login(given, send, registered.client, at_free_port(target, registered.uri))
    if not fixed.succeeded:
        return f"localhost is registered and refused: {fixed.answer}"
    return f"localhost is served, at {'any port' if free.succeeded else 'the registered port alone'}"


def second_at_claimed_https(given: Given, send: Send, target: Target) -> str:
    """Whether a second request for a claimed https URI asks somebody, in words."""
    _, second = asked_again(given, send, public_with(given, target, HTTPS))
    how = "asks somebody" if asked_somebody(second) else "is granted without a question"
    return f"a second request for a claimed https URI {how}"


def asked_without_approval(given: Given, send: Send, target: Target, client: Client, uri: str) -> Answer:
    """A native client's request in a browser whose person is signed in and has never approved anything for it.

    The person signs in for a client that isn't native, which may need an approval of its own.
    """
    agent = given.user_agent("resource_owner_other")
    web = given.client_for("authorization_code")
    if web.name == client.name:
        raise Untested("this probe signs in for another client than the native one: add [clients.confidential]")
    given.came_back(given.approval(web, user_agent=agent), "a request of another client")
    answer = send.authorize(client, redirect_uri=uri, user_agent=agent, decision="wait")
    if answer.destination is not None and not answer.get("code"):
        raise Inconclusive(f"neither a question nor a grant came: {answer}")
    return answer


def refused_without_authentication(given: Given, send: Send, client: Client) -> bool:
    """Whether a web client's code isn't redeemed where the client only names itself; it is, with its secret."""
    uri = next(uri for uri in client.redirect_uris if kind_of(uri) == HTTPS)
    found = login(given, send, client, uri)
    if not found.succeeded:
        raise Inconclusive(f"positive control: [clients.{client.name}] should be served at {found}")
    return not login(given, send, client, uri, "none").succeeded
