"""RFC 6749 section 1.7: HTTP redirections."""

from __future__ import annotations

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.browser.user_agent import Answer
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.end_user_pages import last_hop
from conformance.procedures.redirects import (
    GRANT_OF,
    landed_at,
    registered_where,
    with_private_scheme,
)
from conformance.profile.target import Target


@requirement("rfc6749-1.7-redirect-mechanism-free")
def test_the_mechanism_is_free(given: Given, send: Send) -> None:
    hop = last_hop(given, send)

    given.note(f"the last hop to the client: {hop}")


@requirement("rfc6749-1.7-user-agent-arrives")
@pytest.mark.parametrize(
    ("response_type", "brings"),
    [
        pytest.param("code", "code", marks=needs("authorization_code")),
        pytest.param("token", "access_token", marks=needs("implicit")),
    ],
)
def test_the_user_agent_arrives(given: Given, send: Send, expect: Expect, response_type: str, brings: str) -> None:
    client = given.client_for(GRANT_OF[response_type])

    answer = approved_answer(send.authorize(client, response_type))

    expect.that(
        landed_at(answer, client.redirect_uris) is not None, "the user agent at the client", answer, about="client"
    )
    expect(answer).carries(brings)


@requirement("rfc6749-1.7-user-agent-arrives")
@needs("authorization_code")
def test_the_user_agent_arrives_at_an_application(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client, uri = registered_where(target, with_private_scheme, "a redirection URI of a native application")

    answer = approved_answer(send.authorize(client, redirect_uri=uri))

    expect.that(
        landed_at(answer, client.redirect_uris) is not None, "the user agent at the client", answer, about="client"
    )
    expect(answer).carries("code")


def approved_answer(answer: Answer) -> Answer:
    """The answer, unless it never came to a decision: then there is no response that could arrive."""
    if answer.destination is None and not answer.consented:
        raise Inconclusive(f"sign-in and consent did not come to a decision: {answer}")
    return answer
