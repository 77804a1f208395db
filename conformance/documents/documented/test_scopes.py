"""The documented API: the scopes `me`, `app` and `basic`, and the resources that require them."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import at_resource, reply_to_foreign_token, scope_worth
from conformance.documents.documented.external_tokens import external_request, external_tokens
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.bearer import values
from conformance.procedures.credentials_beside import fresh_credentials

KINDS = ("me", "app", "basic")
# A resource, and a token of another kind.
FOREIGN = [("me", "app"), ("me", "basic"), ("app", "me"), ("basic", "me"), ("basic", "app")]


@requirement("documented-scopes-me-takes-user-token")
def test_me_takes_a_user_token(given: Given, send: Send, expect: Expect) -> None:
    reply = at_resource(given, send, "me")

    expect(reply).succeeds()


@requirement("documented-scopes-app-takes-app-token")
def test_app_takes_an_app_token(given: Given, send: Send, expect: Expect) -> None:
    reply = at_resource(given, send, "app")

    expect(reply).succeeds()


@requirement("documented-scopes-basic-takes-basic-token")
def test_basic_takes_a_token_with_the_right(given: Given, send: Send, expect: Expect) -> None:
    reply = at_resource(given, send, "basic")

    expect(reply).succeeds()


@requirement("documented-scopes-me-not-for-app-token")
def test_me_refuses_an_app_token(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_foreign_token(given, send, "me", "app")

    expect(reply).is_refused()


@requirement("documented-scopes-me-not-for-app-token")
def test_me_refuses_an_app_token_with_the_basic_right(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_foreign_token(given, send, "me", "basic")

    expect(reply).is_refused()


@requirement("documented-scopes-app-not-for-user-token")
def test_app_refuses_a_user_token(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_to_foreign_token(given, send, "app", "me")

    expect(reply).is_refused()


@pytest.mark.parametrize("kind", ["me", "app"])
@requirement("documented-scopes-basic-not-without-right")
def test_basic_refuses_tokens_without_the_right(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = reply_to_foreign_token(given, send, "basic", kind)

    expect(reply).is_refused()


@pytest.mark.parametrize(("resource", "kind"), FOREIGN)
@requirement("documented-scopes-other-kind-403")
def test_another_kind_is_told_so(given: Given, send: Send, expect: Expect, resource: str, kind: str) -> None:
    reply = reply_to_foreign_token(given, send, resource, kind)

    expect(reply).has_status(403)
    errors = values(reply, "error")
    expect.that(
        "insufficient_scope" in errors,
        "error insufficient_scope in the challenge",
        ", ".join(errors) or None,
        about="error insufficient_scope",
    )


@requirement("documented-scopes-me-never-by-client-credentials")
def test_client_credentials_never_get_me(given: Given, send: Send, expect: Expect) -> None:
    client = given.tokens("client_credentials").client

    reply = send.client_credentials(client, scope="me")

    told = str(reply.members.get("scope", "me" if reply.is_served else "")).split()
    expect.that(
        "me" not in told and not reply.is_breakdown, "no token with scope me", reply, breach="act", about="scope"
    )


@needs("password")
@requirement("documented-scopes-me-never-by-client-credentials")
def test_client_credentials_never_get_me_beside_a_password(given: Given, send: Send, expect: Expect) -> None:
    client = given.tokens("client_credentials").client

    reply = send.client_credentials(client, scope="me", **fresh_credentials(given, "password", client))

    told = str(reply.members.get("scope", "me" if reply.is_served else "")).split()
    expect.that(
        "me" not in told and not reply.is_breakdown, "no token with scope me", reply, breach="act", about="scope"
    )


@needs("password")
@requirement("documented-scopes-app-never-by-user-flow")
def test_the_password_flow_never_gets_app(given: Given, send: Send, expect: Expect) -> None:
    client = given.tokens("password").client

    reply = send.password(client, scope="app")

    told = str(reply.members.get("scope", "app" if reply.is_served else "")).split()
    expect.that(
        "app" not in told and not reply.is_breakdown, "no token with scope app", reply, breach="act", about="scope"
    )


@needs("documented_external_authentication_token")
@requirement("documented-scopes-app-never-by-user-flow")
def test_an_external_token_never_gets_app(given: Given, send: Send, expect: Expect) -> None:
    external_tokens(given, send)

    reply = external_request(given, send, scope="app")

    told = str(reply.members.get("scope", "app" if reply.is_served else "")).split()
    expect.that("app" not in told and not reply.is_breakdown, "no token with scope app", reply, breach="act")


@needs("authorization_code")
@requirement("documented-scopes-app-never-by-user-flow")
def test_the_code_flow_never_gets_app(given: Given, send: Send, expect: Expect) -> None:
    client = given.came_back(given.approval()).request.client

    answer = send.authorize(client, scope="app")

    told = scope_worth(given, send, answer)
    expect.that("app" not in told, "no token with scope app", "one", breach="act", about="scope")


@pytest.mark.parametrize("token", [None, "invented"], ids=["none", "invented"])
@pytest.mark.parametrize("kind", KINDS)
@requirement("documented-resources-missing-token-401")
def test_a_resource_wants_a_good_token(given: Given, send: Send, expect: Expect, kind: str, token: str | None) -> None:
    given.accepted(at_resource(given, send, kind), "the resource with a good token")

    reply = send.resource(token and given.invented("access_token"), f"resource_{kind}")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")
