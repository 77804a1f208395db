"""RFC 9110 section 15.5.2: 401 Unauthorized."""

from __future__ import annotations

import pytest

from conformance.base.outcomes import Vacuous
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.record import Recorded
from conformance.procedures.token_refusals import (
    by_each_refusal,
    client_with_secret,
    decided_refusal,
    request_as,
)
from conformance.wire.challenges import schemes
from conformance.wire.exchange import Reply

CHALLENGE = "a WWW-Authenticate header beside status 401"


def unauthorized_reply(reply: Reply) -> Reply:
    """An answer of status 401; Vacuous where it has another."""
    if reply.status != 401:
        raise Vacuous(f"the request was refused with another status: {reply}")
    return reply


@requirement("http-15.5.2-challenge-in-401")
@by_each_refusal("unknown client", "wrong secret")
def test_a_401_names_a_scheme(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = unauthorized_reply(decided_refusal(given, send, kind))

    expect.that(bool(schemes(reply)), CHALLENGE, reply)


@requirement("http-15.5.2-challenge-in-401")
@needs("client_password")
def test_a_401_for_want_of_a_secret_names_a_scheme(given: Given, send: Send, expect: Expect) -> None:
    client = client_with_secret(given)

    reply = unauthorized_reply(request_as(given, send, client, client, "none"))

    expect.that(bool(schemes(reply)), CHALLENGE, reply)


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param(name, marks=requirement(f"http-15.5.2-{name}-challenge-in-401"), id=name)
        for name in ("revocation", "introspection")
    ],
)
def test_every_401_names_a_scheme(recorded: Recorded, expect: Expect, endpoint: str) -> None:
    answers = [reply for reply in recorded.refusals_of(endpoint) if reply.status == 401]

    recorded.each(answers, lambda reply: expect.that(bool(schemes(reply)), CHALLENGE, reply))
