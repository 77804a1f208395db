"""Texts in answers: those of a single reply, and what tells of an error wherever a server refuses something."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.base.outcomes import Inconclusive
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures import authorization_answers, implicit_answers
from conformance.procedures.authorization_answers import values
from conformance.procedures.odd_characters import PLACES
from conformance.procedures.resource_access import refused_access, resource_opened
from conformance.procedures.token_refusals import HOSTILE, refusals
from conformance.wire.challenges import texts_of
from conformance.wire.exchange import Reply

# What breaks a challenge that repeats its input, as far as HTTP lets a header have it.
HOSTILE_IN_HEADER = 'in"vented\\\t\u00e9\u0098\u0083'


def strings(reply: Reply, name: str) -> list[str]:
    """A member of the reply, if it is there as a string: its absence and its type are other tests' matters."""
    value = reply.members.get(name)
    return [value] if isinstance(value, str) else []


def texts_at_token_endpoint(given: Given, send: Send, name: str) -> list[str]:
    """A parameter's values in all kinds of refusals of the token endpoint, hostile requests among them."""
    found = refusals(given, send)
    if not found:
        raise Inconclusive("none of the faulty token requests came to a refusal that could be judged")
    return [text for reply in found.values() for text in strings(reply, name)]


def texts_at_authorization_endpoint(given: Given, send: Send, grant: str, name: str) -> list[str]:
    """The same in the refusals that came back to the client from the authorization endpoint."""
    refused = implicit_answers.errors if grant == "implicit" else authorization_answers.refused_answers
    return [value for answer in refused(given, send) for value in values(answer, name)]


def texts_at_resource(given: Given, send: Send, name: str) -> list[str]:
    """The same in the refusals of the protected resource: in challenges and in JSON bodies."""
    replies = given.observed("refusals of the protected resource", lambda: _refusals_of_resource(given, send))
    return [text for reply in replies for text in _texts(reply, name)]


def _refusals_of_resource(given: Given, send: Send) -> Sequence[Reply]:
    invented = refused_access(given, send)
    resource_opened(given, send)
    replies = [invented, PLACES["header"](send, HOSTILE_IN_HEADER)]
    replies += [PLACES["form"](send, HOSTILE)] if given.claims("bearer_form_body") else []
    replies += [PLACES["query"](send, HOSTILE)] if given.claims("bearer_query") else []
    return replies


def _texts(reply: Reply, name: str) -> list[str]:
    """A parameter of the body and of the challenges."""
    return [*strings(reply, name), *texts_of(reply, name)]
