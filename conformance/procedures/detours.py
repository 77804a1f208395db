"""Authorization requests that take a detour by the sign-in page: what comes back is held against what was sent.

Signing in is another request, across which a server has to carry all that the first one brought. In the browsers that
other tests use somebody is signed in already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from conformance.base.outcomes import Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.authorization_answers import arrived_answer, seen_granted
from conformance.procedures.redirects import ResponseType
from conformance.procedures.refreshing import KEEPS_THE_FLOW
from conformance.procedures.scopes import obtained_scope
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# Spaces at both ends and inside, plus signs, text that looks like escapes, and what separates parameters.
ODD_STATE = "  Y0+x %2By%20z%zz&a=b;#c%  "


@dataclass(frozen=True, slots=True)
class LoneScope:
    """A scope that brings a token with this scope and no other, where it is asked for in the browser at hand."""

    client: Client
    name: str


@dataclass(frozen=True, slots=True)
class Detour:
    """How a request ended that began with signing in; what its code was exchanged for, and the scope of the token."""

    answer: Answer
    exchanged: Reply | None = None
    scope: ScopeOfToken | None = None


def lone_scope(given: Given, send: Send) -> LoneScope | None:
    """The last of the main client's scopes, where it can be had alone; seen once."""

    def procedure() -> LoneScope | None:
        client = given.client_for("authorization_code")
        names = [name for name in client.scopes_for("authorization_code") if name not in KEEPS_THE_FLOW]
        if len(names) < 2:
            return None
        with given.arranging():
            found = obtained_scope(given, send, names[-1], "authorization_code", client)
        alone = found.tokens is not None and scope_of(given, send, found.tokens).at_least == {names[-1]}
        return LoneScope(client, names[-1]) if alone else None

    return given.observed("what the last scope brings alone", procedure)


def code_by_detour(given: Given, send: Send) -> Detour:
    """A code request with an odd state, for another redirection URI than the first and for one scope; sent once."""

    def procedure() -> Detour:
        client, lone = given.client_for("authorization_code"), lone_scope(given, send)
        changes: dict[str, Any] = {"redirect_uri": client.redirect_uris[-1]}
        answer = by_detour(given, send, "code", changes | ({"scope": lone.name} if lone else {}))
        if not answer.get("code"):
            return Detour(answer)
        reply = send.code_exchange(given.code_in(answer))
        if lone is None or not reply.members.get("access_token"):
            return Detour(answer, reply)
        tokens = given.tokens_in(reply, client, "authorization_code", lone.name)
        return Detour(answer, reply, scope_of(given, send, tokens))

    return given.observed("a request for a code by way of the sign-in page", procedure)


def token_by_detour(given: Given, send: Send) -> Answer:
    """An implicit request with an odd state; sent once."""
    return given.observed("an implicit request by way of the sign-in page", lambda: by_detour(given, send, "token", {}))


def by_detour(given: Given, send: Send, response_type: ResponseType, changes: dict[str, Any]) -> Answer:
    """A request in a browser in which nobody has signed in yet. Vacuous where the client isn't told how it ends."""
    if response_type == "code":
        seen_granted(given)
    request = send.authorization_request(None, response_type, state=ODD_STATE, **changes)
    # Spaces go out in both of the ways in which they can be written.
    encoded = urlencode(request.pairs).replace("+", "%20", 2)
    answer = send.authorization(request, user_agent=given.user_agent(fresh=True), encoded=encoded)
    return to_client(arrived_answer(given, signed_in(answer)))


def signed_in(answer: Answer) -> Answer:
    """The answer; Vacuous where a person in a second browser is stuck at a page that asks for something."""
    if answer.destination is None and answer.stuck:
        raise Vacuous(f"signing in another time doesn't come to an end: {answer}")
    return answer


def after_abandoned(given: Given, send: Send, place: str) -> Answer:
    """A request without state, in a browser that has left another one with state at a page: to consent, or to sign in.

    Vacuous where the client isn't told how it ends.
    """
    seen_granted(given)
    agent = given.user_agent() if place == "consent" else given.nobodys_user_agent()
    with given.arranging():
        send.authorize(user_agent=agent, decision="wait")
    someone = replace(agent, owner=given.owner())
    return to_client(signed_in(send.authorize(user_agent=someone, state=OMIT)))


def to_client(answer: Answer) -> Answer:
    """The answer, unless it stays on a page: then there is no response to judge."""
    if answer.destination is None:
        raise Vacuous(f"the request isn't answered to the client: {answer}")
    return answer


def scope_by_detour(given: Given, send: Send) -> ScopeOfToken:
    """The scope of the token that came by way of the sign-in page. Vacuous where nothing shows it."""
    found = code_by_detour(given, send)
    if found.scope is None:
        raise Vacuous("no scope is known that brings a token with itself alone, or no token came by the sign-in page")
    return found.scope


def granted_by_detour(given: Given, send: Send) -> Answer:
    """The response with a code to the request by way of the sign-in page. Vacuous where none came."""
    answer = code_by_detour(given, send).answer
    if not answer.get("code"):
        raise Vacuous(f"no code came by the sign-in page: {answer}")
    return answer


def exchanged_by_detour(given: Given, send: Send) -> Reply:
    """The answer to the exchange of a code that came by way of the sign-in page. Vacuous where none came."""
    found = code_by_detour(given, send)
    if found.exchanged is None:
        raise Vacuous(f"no code came by the sign-in page: {found.answer}")
    return found.exchanged
