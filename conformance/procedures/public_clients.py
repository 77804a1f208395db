"""A public client at the authorization endpoint, and its refresh tokens: what stands in for authentication."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.base.outcomes import NotApplicable, Untested, Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.asking import Visit, asked_about
from conformance.procedures.redirects import GRANT_OF, ResponseType, first_uri_served
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


@dataclass(frozen=True, slots=True)
class RefreshGuard:
    """What was seen to protect a public client's refresh token."""

    replaced: bool
    refused_to_others: bool

    def __str__(self) -> str:
        return "it stays the same when used, and another client can use it"


def public_client(given: Given) -> tuple[Client, ResponseType]:
    """The public client and a response type that it may ask for."""
    client = given.client("public")
    for response_type, grant in GRANT_OF.items():
        if given.claims(grant) and client.may_use(grant):
            return client, response_type  # type: ignore[return-value]
    raise NotApplicable("the public client may not use the authorization endpoint")


def asked_twice(given: Given, send: Send) -> tuple[Answer, Answer]:
    """Two equal requests of the public client, one after the other, both approved.

    The redirection URI is one that any application can take over: an https URI may assure the server of the client's
    identity (RFC 8252 section 8.6), and so of a request's origin.
    """
    client, response_type = public_client(given)
    uri = next((uri for uri in client.redirect_uris if not uri.lower().startswith("https:")), None)
    if uri is None:
        raise Untested(
            "the public client's https redirection URIs may vouch for it: register one with a private-use scheme "
            "or on loopback, and add it to [clients.public] `redirect_uris`"
        )

    def procedure() -> tuple[Answer, Answer]:
        first_uri_served(given, client, response_type)
        return (
            given.approval(client, response_type, redirect_uri=uri),
            send.authorize(client, response_type, redirect_uri=uri),
        )

    return given.observed("two equal requests of the public client", procedure)


def asked_at_first(given: Given, send: Send) -> bool:
    """Whether a person is asked at one of the first requests of the public client: later ones may be remembered."""
    client, response_type = public_client(given)
    earlier = first_uri_served(given, client, response_type)
    first, _ = asked_twice(given, send)
    if earlier.consented or asked_somebody(first):
        return True

    def look_on(visit: Visit) -> Answer | None:
        answer = send.authorize(client, response_type, user_agent=visit.user_agent, decision="wait")
        return answer if answer.destination is None else None

    return asked_about(given, GRANT_OF[response_type], client, look_on) is not None


def asked_somebody(answer: Answer) -> bool:
    """Whether a person had to act before the answer."""
    return answer.consented or answer.signed_in


def refreshable_tokens(given: Given) -> Tokens:
    """Tokens of the public client with a refresh token; Vacuous where it gets none."""
    client = given.client("public")
    for grant in ("authorization_code", "refresh_token"):
        if not client.may_use(grant):
            raise NotApplicable(f"the public client may not use the grant {grant}")
    tokens = given.tokens("authorization_code", client)
    if tokens.refresh_token is None:
        raise Vacuous("no refresh token is issued to the public client")
    return tokens


def refresh_guard(given: Given, send: Send) -> RefreshGuard:
    """What protects a public client's refresh token, tried out."""
    tokens = refreshable_tokens(given)
    replaced = given.refreshed(tokens).refresh_token != tokens.refresh_token
    taken = not replaced and send.refresh(refreshable_tokens(given), given.client_with_secret()).is_served
    return RefreshGuard(replaced, refused_to_others=not taken)


def replayed_refresh(given: Given, send: Send) -> Reply:
    """A refresh token that is presented again when its successor has been used too: no overlap lasts longer."""
    tokens = refreshable_tokens(given)
    given.refreshed(given.refreshed(tokens))
    return send.refresh(tokens)
