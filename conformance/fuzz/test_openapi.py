"""What the OpenAPI document says holds of whatever it lets a client send, and of what it doesn't."""

from __future__ import annotations

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.documents.documented.api import has_data
from conformance.fuzz.engine import for_any
from conformance.fuzz.messages import Message
from conformance.fuzz.openapi import (
    OPERATIONS,
    Fields,
    expect_described,
    introspection_reply,
    introspections,
    messages,
    messages_of_strangers,
    queried_by_get,
    queries,
    queries_with_variables,
    query_reply,
    revocation_reply,
    revocations,
    sent_with_token,
    sent_without_token,
    token_reply,
    token_requests,
)
from conformance.fuzz.sending import is_decided, reply_to_message
from conformance.harness import Expect, Given, Send, requirement
from conformance.wire.exchange import Reply

RESOURCES = ("getMe", "postMe", "getApp", "postApp", "getBasic", "postBasic")


def of_operations(*operations: str) -> pytest.MarkDecorator:
    """The operations that a test is about."""
    return pytest.mark.parametrize("operation", operations)


# What the document lets a client send


@requirement("documented-endpoints-token-post")
@for_any(cost=2, fields=token_requests)
def test_a_token_request_as_described_is_served(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    reply = token_reply(given, send, fields)

    expect(reply).issues_a_token()
    expect_described(expect, "issueToken", reply)


@requirement("documented-endpoints-introspect-post")
@for_any(cost=2, fields=introspections)
def test_an_introspection_request_as_described_is_served(
    given: Given, send: Send, expect: Expect, fields: Fields
) -> None:
    reply = introspection_reply(given, send, fields)

    expect(reply).succeeds()
    expect_described(expect, "introspectToken", reply)


@requirement("documented-endpoints-revoke-post")
@for_any(cost=3, fields=revocations)
def test_a_revocation_request_as_described_is_served(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    reply = revocation_reply(given, send, fields)

    expect(reply).succeeds()
    expect_described(expect, "revokeToken", reply)


@requirement("documented-flow-7-graphql-for-app-token")
@for_any(cost=2, fields=queries)
def test_a_query_as_described_is_answered(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    reply = query_reply(given, send, fields)

    expect.that(has_data(reply), "data", reply)
    expect_described(expect, "queryByPost", reply)


@requirement("documented-flow-7-graphql-for-app-token")
@for_any(cost=3, fields=queries_with_variables)
def test_a_query_by_get_as_described_is_answered(given: Given, send: Send, expect: Expect, fields: Fields) -> None:
    reply = queried_by_get(given, send, fields)

    expect.that(has_data(reply), "data", reply)
    expect_described(expect, "queryByGet", reply)


# What the document lets a client send, and what it doesn't, refused


@requirement("rfc6749-5-invalid-request-gets-error")
@of_operations("issueToken")
@for_any(cost=3, message=messages)
def test_a_token_request_is_refused_with_an_error_code(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    reply = refused_reply(reply_to_message(given, send, message))

    expect(reply).has_member("error", str)
    expect(reply).issues_nothing()


@requirement("rfc7009-2.2.1-errors-are-json")
@of_operations("revokeToken")
@for_any(cost=3, message=messages)
def test_a_revocation_request_is_refused_in_json(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    reply = refused_reply(reply_to_message(given, send, message))

    expect(reply).has_media_type("application/json")
    expect(reply).has_member("error", str)


@requirement("documented-endpoints-introspect-post")
@of_operations("introspectToken")
@for_any(cost=3, message=messages)
def test_whatever_introspection_serves_tells_a_state(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    reply = deciding_reply(reply_to_message(given, send, message))

    expect.that(
        not reply.is_success or isinstance(reply.members.get("active"), bool),
        "whether it is active",
        reply,
        breach="act",
    )


# Whatever is sent


@requirement("robustness-1-no-server-error")
@of_operations(*OPERATIONS)
@for_any(cost=1.5, message=messages)
def test_nothing_drawn_from_the_document_brings_up_a_server_error(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    reply = sent_with_token(given, send, message)

    expect.that(is_decided(message, reply), f"an answer to {operation}, no server error", reply, about="refusal")


@requirement("documented-resources-missing-token-401")
@of_operations(*RESOURCES)
@for_any(cost=3, message=messages_of_strangers)
def test_a_resource_stays_shut_without_a_good_token(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    expect_refused(expect, operation, sent_without_token(given, send, message))


@requirement("documented-info-bad-token-401")
@of_operations("getTokenInfo")
@for_any(cost=3, message=messages_of_strangers)
def test_token_info_tells_nothing_without_a_good_token(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    expect_refused(expect, operation, sent_without_token(given, send, message))


@requirement("documented-endpoints-token-delete-unauthenticated")
@of_operations("endToken")
@for_any(cost=3, message=messages_of_strangers)
def test_no_token_is_ended_without_a_good_one(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    expect_refused(expect, operation, sent_without_token(given, send, message))


@requirement("documented-flow-7-graphql-needs-token")
@of_operations("queryByGet", "queryByPost")
@for_any(cost=2, message=messages_of_strangers)
def test_graphql_stays_shut_without_a_good_token(
    given: Given, send: Send, expect: Expect, operation: str, message: Message
) -> None:
    expect_refused(expect, operation, sent_without_token(given, send, message))


def deciding_reply(reply: Reply) -> Reply:
    """The reply, where it is none of a server that failed: that one decides nothing but robustness."""
    if reply.is_breakdown:
        raise Inconclusive(f"a server error decides nothing: {reply}")
    return reply


def refused_reply(reply: Reply) -> Reply:
    """The reply, where it is the server's own refusal; what a proxy refuses has other statuses."""
    if reply.status not in (400, 401):
        raise Inconclusive(f"no error response: {reply}")
    return reply


def expect_refused(expect: Expect, operation: str, reply: Reply) -> None:
    """A Violation if a request without a good token is served, or not refused as the document says."""
    expect.that(not deciding_reply(reply).is_success, "a refusal", reply, breach="act", about="refusal")
    expect_described(expect, operation, reply)
