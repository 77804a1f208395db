"""What the OpenAPI document says holds wherever a token leads, whatever it was asked for and used for before."""

from __future__ import annotations

import pytest

from conformance.fuzz.engine import for_any
from conformance.fuzz.openapi import Fields, expect_described, token_requests
from conformance.fuzz.openapi_links import (
    own_kinds_served,
    reply_after_links,
    resource_answer,
    scopes_beside,
    scopes_for,
    tokens_and_info,
    walks,
)
from conformance.harness import Expect, Given, Send, requirement

# A token of one kind, and a resource that takes another.
FOREIGN = [("app", "me"), ("me", "app"), ("me", "basic"), ("app", "basic")]


@requirement("documented-endpoints-introspect-post")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_a_token_leads_to_introspection(
    given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]
) -> None:
    reply = reply_after_links(given, send, fields, walk, "introspect")

    expect(reply).succeeds()
    expect_described(expect, "introspectToken", reply)


@requirement("documented-endpoints-revoke-post")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_a_token_leads_to_revocation(given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]) -> None:
    reply = reply_after_links(given, send, fields, walk, "revoke")

    unsupported = reply.members.get("error") == "unsupported_token_type"
    expect.that(reply.is_success or unsupported, "the access token revoked, or its kind not supported", reply)
    expect_described(expect, "revokeToken", reply)


@requirement("documented-endpoints-token-delete-status")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_a_token_leads_to_its_end(given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]) -> None:
    reply = reply_after_links(given, send, fields, walk, "end")

    expect(reply).has_status(200, 204)


# Token info


@requirement("documented-info-tells-of-token")
@for_any(cost=2, fields=token_requests, walk=walks)
def test_a_token_leads_to_its_details(
    given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]
) -> None:
    reply = reply_after_links(given, send, fields, walk, "info")

    expect(reply).has_status(200)
    expect(reply).is_a_json_object()


@requirement("documented-info-scope-list")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_details_have_the_scope_as_a_list(
    given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]
) -> None:
    tokens, reply = tokens_and_info(given, send, fields, walk)

    expect(reply).has_member("scope", list)
    names = set(map(str, reply.members["scope"]))
    expect.that(
        not tokens.granted or names == tokens.granted, f"scope {sorted(tokens.granted)}", sorted(names), about="scope"
    )


@requirement("documented-info-expires-in-seconds-left")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_details_have_the_seconds_that_are_left(
    given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]
) -> None:
    tokens, reply = tokens_and_info(given, send, fields, walk)

    expect(reply).has_member("expires_in", int, type(None))
    left, most = reply.members["expires_in"], tokens.members.get("expires_in")
    unknown = left is None or not isinstance(most, int)
    expect.that(unknown or 0 <= left <= most, f"at most {most} seconds left", left, breach="act")


@requirement("documented-info-application-uid")
@for_any(cost=3, fields=token_requests, walk=walks)
def test_details_name_the_client(given: Given, send: Send, expect: Expect, fields: Fields, walk: list[str]) -> None:
    tokens, reply = tokens_and_info(given, send, fields, walk)

    expect(reply).has_member("application", dict)
    expect.that(
        reply.members["application"].get("uid") == tokens.client.client_id,
        "the client's identifier",
        reply,
        breach="act",
    )


# Scopes


@requirement("documented-scopes-me-takes-user-token")
@pytest.mark.parametrize("kind", ["me"])
@for_any(cost=3, scope=scopes_for)
def test_a_user_token_leads_to_its_resource(given: Given, send: Send, expect: Expect, kind: str, scope: str) -> None:
    reply = resource_answer(given, send, kind, scope, kind)

    expect(reply).succeeds()


@requirement("documented-scopes-app-takes-app-token")
@pytest.mark.parametrize("kind", ["app"])
@for_any(cost=5, scope=scopes_for)
def test_an_app_token_leads_to_its_resource(given: Given, send: Send, expect: Expect, kind: str, scope: str) -> None:
    reply = resource_answer(given, send, kind, scope, kind)

    expect(reply).succeeds()


@requirement("documented-scopes-basic-takes-basic-token")
@pytest.mark.parametrize("kind", ["basic"])
@for_any(cost=5, scope=scopes_for)
def test_a_basic_token_leads_to_its_resource(given: Given, send: Send, expect: Expect, kind: str, scope: str) -> None:
    reply = resource_answer(given, send, kind, scope, kind)

    expect(reply).succeeds()


@requirement("documented-scopes-other-kind-403")
@pytest.mark.parametrize(("kind", "resource"), FOREIGN)
@for_any(cost=5, scope=scopes_beside)
def test_a_token_of_another_kind_leads_nowhere(
    given: Given, send: Send, expect: Expect, kind: str, resource: str, scope: str
) -> None:
    own_kinds_served(given, send, kind, resource)

    reply = resource_answer(given, send, kind, scope, resource)

    expect(reply).has_status(403)
