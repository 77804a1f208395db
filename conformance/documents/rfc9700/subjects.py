"""Whose tokens these are, as introspection says it."""

from __future__ import annotations

from conformance.base.outcomes import Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send

NAME = "resource_owner"


def subject_of(given: Given, send: Send, owner: str) -> str:
    """The subject of a token that an account granted; Vacuous where introspection names none."""

    def procedure() -> object:
        answer = send.authorize(user_agent=given.user_agent(owner))
        tokens = given.tokens_for(given.code_in(answer))
        return send.introspection(tokens.access_token).members.get("sub")

    return _named(given.observed(f"the subject of a token that {owner} granted", procedure))


def subject_of_app(given: Given, send: Send) -> tuple[str, frozenset[str]]:
    """The subject of a token that nobody granted, and what a resource owner is known by."""
    tokens = given.tokens("client_credentials")
    subject = _named(send.introspection(tokens.access_token).members.get("sub"))
    known = {given.owner().username}
    if given.claims("authorization_code"):
        known.add(subject_of(given, send, NAME))
    return subject, frozenset(known - {tokens.client.client_id})


def _named(subject: object) -> str:
    if not isinstance(subject, str) or not subject:
        raise Vacuous("introspection names no subject")
    return subject
