"""The documented API, flow 7: GraphQL as app role."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import ended_app_token, graphql_opened, graphql_reply, has_data, user_tokens
from conformance.harness import Expect, Given, Send, requirement


@requirement("documented-flow-7-graphql-for-app-token")
def test_an_app_token_opens_graphql(given: Given, send: Send, expect: Expect) -> None:
    reply = graphql_opened(given, send)

    expect.that(has_data(reply), "a query answered with data", reply)


@requirement("documented-flow-7-graphql-not-for-user-token")
def test_a_user_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    given.accepted(graphql_opened(given, send), "GraphQL with an app token")

    reply = graphql_reply(send, user_tokens(given).access_token)

    expect.that(not has_data(reply) and not reply.is_breakdown, "a refusal", reply, breach="act", about="refusal")


@pytest.mark.parametrize("token", [None, "invented"], ids=["none", "invented"])
@requirement("documented-flow-7-graphql-needs-token")
def test_graphql_wants_a_good_token(given: Given, send: Send, expect: Expect, token: str | None) -> None:
    given.accepted(graphql_opened(given, send), "GraphQL with an app token")

    reply = graphql_reply(send, token and given.invented("access_token"))

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-flow-7-graphql-needs-token")
def test_graphql_refuses_an_ended_token(given: Given, send: Send, expect: Expect) -> None:
    given.accepted(graphql_opened(given, send), "GraphQL with an app token")
    token = ended_app_token(given, send)

    reply = graphql_reply(send, token)

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")
