"""Native clients whose copies share a secret, and what they get by it."""

from __future__ import annotations

from dataclasses import replace

from conformance.base.outcomes import NotApplicable, Untested, Vacuous
from conformance.documents.rfc8252.logins import Login, login
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures.introspection import ask, says_active, seen_active
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

BY_SECRET = ("client_secret_basic", "client_secret_post")


def by_secret(client: Client) -> str:
    """How the client shows its secret; Untested where the profile lets it show none."""
    way = next((each for each in client.authentication if each in BY_SECRET), None)
    if way is None:
        raise Untested(f"[clients.{client.name}] has a secret and no way to show it: add it to `authentication`")
    return way


def first_uri(client: Client) -> str:
    """A redirect URI of the client; Untested where the profile names none."""
    if not client.redirect_uris:
        raise Untested(f"the registered redirect URIs aren't known: add `redirect_uris` to [clients.{client.name}]")
    return client.redirect_uris[0]


def naming_itself(given: Given, send: Send, client: Client) -> Reply:
    """The reply to an exchange in which the client shows no secret. Inconclusive where no code came."""
    found = login(given, send, given.client(client.name), first_uri(client), "none")
    given.came_back(found.answer, f"a request of [clients.{client.name}]")
    assert found.reply is not None
    return found.reply


def seen_exchanging(given: Given, send: Send, client: Client) -> Login:
    """The positive control: the client gets tokens for a code, with its secret."""
    found = login(given, send, client, first_uri(client), by_secret(client))
    if found.reply is not None:
        given.issued(found.reply, f"a code exchange of [clients.{client.name}] with its secret")
    else:
        given.came_back(found.answer, f"a request of [clients.{client.name}]")
    return found


def without_its_secret(given: Given, send: Send, client: Client, endpoint: str) -> Reply:
    """The reply to a refresh, or to the revocation of a token of its own, in which the client names itself only.

    Vacuous where it has no refresh token, or no revocation is offered.
    """
    reply = seen_exchanging(given, send, client).reply
    assert reply is not None
    tokens = given.tokens_in(reply, client, "authorization_code", None)
    bare = replace(client, authentication=("none",))
    if endpoint == "revocation":
        given.feature("revocation")
        return send.revocation(tokens.access_token, bare)
    if tokens.refresh_token is None:
        raise Vacuous(f"no refresh token comes for [clients.{client.name}]")
    return send.refresh(tokens, bare)


def introspected_by_secret(given: Given, send: Send, client: Client) -> Reply:
    """What the client is told by its secret about a token of its own, of which it hears nothing by its name alone.

    NotApplicable where whoever names itself is told as well: then the secret stands for nothing.
    """
    token = given.tokens("authorization_code", client).access_token
    seen_active(ask(given, send, token))
    if says_active(send.introspection(token, replace(client, authentication=("none",)))):
        raise NotApplicable("a client that names itself is told about its tokens: no secret is taken for a proof")
    return send.introspection(token, replace(client, authentication=(by_secret(client),)))


def asked_for_itself(given: Given, send: Send, client: Client, way: str) -> Reply:
    """A client credentials request with the shared secret, which was seen to be right; a web client's is served.

    NotApplicable where the client doesn't show its secret in that way.

    It names a scope only where the profile has one for this grant.
    """
    if way not in client.authentication:
        raise NotApplicable(f"[clients.{client.name}] doesn't authenticate by {way}")
    given.tokens("client_credentials")
    seen_exchanging(given, send, client)
    scopes = client.grant_scopes.get("client_credentials")
    return send.client_credentials(client, way, scope=" ".join(scopes) if scopes else OMIT)
