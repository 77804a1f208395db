"""A protected resource, with a token that is good for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.base.outcomes import Inconclusive, NotApplicable, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken
from conformance.wire.challenges import challenge_parameters
from conformance.wire.exchange import Reply

USER_GRANTS = ("password", "authorization_code", "implicit")


def resource_grant(given: Given) -> str:
    """The cheapest grant whose tokens the protected resource takes: one of a resource owner where there is any."""
    return next((name for name in USER_GRANTS if given.claims(name)), "client_credentials")


def resource_answers(given: Given, send: Send) -> dict[str, Reply]:
    """What the protected resource answers to good tokens, by the grant that each came by; asked once.

    Inconclusive when none of them opens it: then the profile names the wrong resource, or the wrong scopes.
    """

    def procedure() -> dict[str, Reply]:
        grants = [name for name in USER_GRANTS if given.claims(name)] or ["client_credentials"]
        return {name: send.resource(given.tokens(name).access_token) for name in grants}

    answers = given.observed("the protected resource with good tokens", procedure)
    if not any(reply.is_served for reply in answers.values()):
        seen = ", ".join(f"{reply} ({grant})" for grant, reply in answers.items())
        raise Inconclusive(f"no good token opens the protected resource: check its endpoint and the scopes; got {seen}")
    return answers


def resource_answer(given: Given, send: Send, grant: str) -> Reply:
    """Its answer to the token of one grant. Vacuous where such tokens can't have the scope of one that opens it."""
    answers = resource_answers(given, send)
    if grant not in answers:
        raise NotApplicable("the protected resource takes a resource owner's tokens")
    opening = [given.scopes(name) for name, reply in answers.items() if reply.is_success]
    if not answers[grant].is_success and lacks_some_of_each(given.scopes(grant), opening):
        raise Vacuous(f"tokens by {grant} have fewer scopes than those that open the protected resource")
    return answers[grant]


def lacks_some_of_each(names: Sequence[str], others: Iterable[Sequence[str]]) -> bool:
    """Whether each of the other lists of scopes has a name that this one lacks."""
    return all(not set(other) <= set(names) for other in others)


def in_other_case(token: str) -> str:
    """A token with its letters in the other case; NotApplicable where it has none."""
    if token.swapcase() == token:
        raise NotApplicable("tokens have no letters here that could change case")
    return token.swapcase()


def opening_token(given: Given, send: Send) -> ActiveToken:
    """A fresh token that was seen to open the protected resource."""
    tokens = given.tokens(resource_grant(given))
    with given.arranging():
        given.accepted(send.resource(tokens.access_token), "the protected resource with a good token")
    return ActiveToken(tokens.access_token, "access_token", tokens, ("protected_resource",))


def resource_opened(given: Given, send: Send) -> Reply:
    """Positive control, seen once: a good token opens the protected resource."""

    def procedure() -> Reply:
        tokens = given.tokens(resource_grant(given))
        with given.arranging():
            return given.accepted(send.resource(tokens.access_token), "the protected resource with a good token")

    return given.observed("a good token opens the protected resource", procedure)


def refused_access(given: Given, send: Send) -> Reply:
    """The protected resource's answer to an invented token, after a good one has opened it; asked once."""

    def procedure() -> Reply:
        resource_opened(given, send)
        return send.resource(given.invented("access_token"))

    return given.observed("an invented token at the protected resource", procedure)


def of_other_scope(given: Given, send: Send) -> Reply:
    """Its answer to a good token without the scope that it asks for; asked once."""

    def procedure() -> Reply:
        resource_opened(given, send)
        token = given.witnessed(given.tokens(resource_grant(given), scope=given.insufficient_scope()))
        reply = send.resource(token.value)
        given.control(token, after=reply)
        return reply

    return given.observed("the protected resource with a token of another scope", procedure)


def narrowed_by_refresh(given: Given, send: Send) -> Reply:
    """Its answer to a token that a refresh limited to a scope that doesn't open it; the refreshed one did.

    Vacuous where such a scope isn't granted beside the others, or a refresh limits nothing.
    """
    enough, scope = given.scopes(resource_grant(given)), given.insufficient_scope()
    of_other_scope(given, send)
    with given.else_vacuous("tokens that open it come without a refresh token"):
        tokens = given.refreshable(None, resource_grant(given), scope=" ".join(dict.fromkeys((*enough, scope))))
    given.accepted(send.resource(tokens.access_token), "the protected resource with a good token")
    fresh = given.refreshed(tokens, scope=scope)
    if fresh.members.get("scope") not in (None, scope):
        raise Vacuous(f"the refresh gave another scope than {scope}: {fresh.members.get('scope')}")
    return send.resource(fresh.access_token)


def error_parameters(reply: Reply) -> dict[str, str]:
    """What a refusal tells in named parameters: of its challenge and of its JSON body."""
    members = {name: value for name, value in reply.members.items() if isinstance(value, str)}
    return {**members, **dict(challenge_parameters(reply))}
