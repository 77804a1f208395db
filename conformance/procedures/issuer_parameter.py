"""Authorization responses that should name their issuer (RFC 9207): those that other tests look at as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote_plus

from conformance.base.outcomes import Vacuous
from conformance.base.uris import urlsplit
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures import authorization_answers, implicit_answers

ISS = "iss"
COMES_BACK = frozenset({"code", "access_token", "error"})
# What has the issuer in it: a response as a JWT (JARM), and an ID token.
NAMES_ISSUER_ITSELF = ("response", "id_token")
# Responses, by what they are.
RESPONSES: Mapping[str, Callable[[Given, Send], Sequence[Answer]]] = {
    "code": lambda given, send: (authorization_answers.granted_answer(given, send),),
    "token": lambda given, send: (implicit_answers.granted_answer(given, send),),
    "code-error": authorization_answers.refused_code_requests,
    "token-error": implicit_answers.errors,
}


def responses(given: Given, send: Send, kind: str) -> list[Answer]:
    """Authorization responses of a kind that have to name their issuer. Vacuous where there are none."""
    found = [answer for answer in RESPONSES[kind](given, send) if answer.destination is not None]
    due = [answer for answer in found if not names_issuer_itself(answer)]
    if not due:
        raise Vacuous("no authorization response of this kind has to name its issuer in a parameter")
    return due


def names_issuer_itself(answer: Answer) -> bool:
    """Whether a response has the issuer in it already."""
    return any(answer.get(name) for name in NAMES_ISSUER_ITSELF)


def issuers_of(answer: Answer) -> list[str]:
    """Every `iss` of a response, decoded once."""
    return [value for name, value in (*answer.query, *answer.fragment) if name == ISS]


def named_issuers(given: Given, send: Send) -> list[str]:
    """Every `iss` of the responses that are looked at. Vacuous where none has any."""
    kinds = [kind for kind, grant in (("code", "authorization_code"), ("token", "implicit")) if given.claims(grant)]
    found = [value for kind in kinds for answer in responses(given, send, kind) for value in issuers_of(answer)]
    if not found:
        raise Vacuous("no authorization response names an issuer")
    return found


def is_in_place(answer: Answer) -> bool:
    """Whether `iss` stands in a component that has what else comes back to the client."""
    parts = ({name for name, _ in answer.query}, {name for name, _ in answer.fragment})
    return all(ISS not in names or names & COMES_BACK for names in parts)


def encoded_issuers(answer: Answer) -> list[str]:
    """Every `iss` of a response, as it was encoded."""
    parts = urlsplit(answer.destination or "")
    pairs = (part.partition("=") for part in (*parts.query.split("&"), *parts.fragment.split("&")))
    return [value for name, _, value in pairs if unquote_plus(name) == ISS]
