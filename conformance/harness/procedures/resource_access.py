"""A protected resource, with a token that is good for it."""

from __future__ import annotations

from conformance.harness.exchange import Reply
from conformance.harness.given import Given
from conformance.harness.outcomes import Inconclusive, NotApplicable
from conformance.harness.procedures.challenges import challenge_parameters
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens

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
    if not any(reply.is_success for reply in answers.values()):
        seen = ", ".join(f"{reply} ({grant})" for grant, reply in answers.items())
        raise Inconclusive(f"no good token opens the protected resource: check its endpoint and the scopes; got {seen}")
    return answers


def resource_answer(given: Given, send: Send, grant: str) -> Reply:
    """Its answer to the token of one grant."""
    answers = resource_answers(given, send)
    if grant not in answers:
        raise NotApplicable("the protected resource takes a resource owner's tokens")
    return answers[grant]


def opening_token(given: Given, send: Send) -> Tokens:
    """A fresh token that was seen to open the protected resource."""
    tokens = given.tokens(resource_grant(given))
    with given.arranging():
        given.accepted(send.resource(tokens.access_token), "the protected resource with a good token")
    return tokens


def resource_opened(given: Given, send: Send) -> str:
    """Positive control, seen once: a good token opens the protected resource. Returns the token."""
    return given.observed("a good token opens the protected resource", lambda: opening_token(given, send).access_token)


def refused_access(given: Given, send: Send) -> Reply:
    """The protected resource's answer to an invented token, after a good one has opened it; asked once."""

    def procedure() -> Reply:
        resource_opened(given, send)
        return send.resource(given.invented("access_token"))

    return given.observed("an invented token at the protected resource", procedure)


def error_parameters(reply: Reply) -> dict[str, str]:
    """What a refusal tells in named parameters: of its challenge and of its JSON body."""
    members = {name: value for name, value in reply.members.items() if isinstance(value, str)}
    return {**members, **dict(challenge_parameters(reply))}
