"""The documented API: token info."""

from __future__ import annotations

import pytest

from conformance.documents.documented.api import (
    APART,
    LEAST,
    expired_token,
    info_of,
    info_tells,
    is_time_of,
    owner_told,
    revoked_token,
    seconds_since_issue,
    seconds_used,
    token_info_reply,
    tokens_of_kind,
    told_of_token,
    told_twice,
    user_tokens,
)
from conformance.harness import Expect, Given, Send, needs, requirement


@requirement("documented-info-tells-of-token")
def test_a_good_token_is_told_of(given: Given, send: Send, expect: Expect) -> None:
    reply = token_info_reply(given, send)

    expect(reply).has_status(200)
    expect(reply).is_a_json_object()
    expect.that(bool(told_of_token(reply)), "details of the token", sorted(reply.members))


@requirement("documented-info-scope-list")
def test_scope_is_a_list_of_the_tokens_scopes(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = token_info_reply(given, send)

    expect(reply).has_member("scope", list)
    granted = info_of(given, send).granted
    expect.that(
        set(map(str, reply.members["scope"])) == granted,
        f"scope {sorted(granted)}",
        reply.members["scope"],
        about="scope",
    )
    expect.that(
        all(isinstance(name, str) for name in reply.members["scope"]), "strings", reply.members["scope"], breach="act"
    )


@pytest.mark.parametrize("kind", ["me", "app"])
@needs("documented_scopes")
@requirement("documented-info-scope-list")
def test_one_scope_is_a_list_of_one(given: Given, send: Send, expect: Expect, kind: str) -> None:
    tokens = tokens_of_kind(given, kind)

    reply = send.resource(tokens.access_token, "token_info")

    given.accepted(reply, "token info with a good token")
    expect(reply).has_member("scope", list)
    told = reply.members["scope"]
    expect.that(set(map(str, told)) == tokens.granted, f"scope {sorted(tokens.granted)}", told, breach="act")


@requirement("documented-info-expires-in-seconds-left")
def test_expires_in_is_what_is_left(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = token_info_reply(given, send)

    expect(reply).has_member("expires_in", int, type(None))
    left, most = reply.members["expires_in"], info_of(given, send).expires_in
    unknown = left is None or not isinstance(most, int)
    expect.that(unknown or 0 <= left <= most, f"at most {most} seconds left", left, breach="act")


@requirement("documented-info-expires-in-seconds-left")
def test_expires_in_counts_down(given: Given, send: Send, expect: Expect) -> None:
    twice = told_twice(given, send)

    given.accepted(twice.second, "token info with the same token")
    used = seconds_used(twice)
    expect.that(used >= LEAST, f"some {APART:g} seconds fewer left", f"{used:g} fewer", breach="act")


@requirement("documented-info-created-at-epoch")
def test_created_at_stays(given: Given, send: Send, expect: Expect) -> None:
    twice = told_twice(given, send)

    given.accepted(twice.second, "token info with the same token")
    passed = seconds_since_issue(twice)
    expect.that(passed >= LEAST, f"an issue some {APART:g} seconds longer ago", f"{passed:g} seconds", breach="act")


@requirement("documented-info-created-at-epoch")
def test_created_at_is_the_time_of_issue(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = token_info_reply(given, send)

    expect(reply).has_member("created_at", int)
    expect.that(
        is_time_of(reply.members["created_at"], reply), "the time of issue", reply.members["created_at"], breach="act"
    )


@requirement("documented-info-resource-owner-of-user-token")
def test_the_owner_is_the_same_in_each_token(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = send.resource(user_tokens(given).access_token, "token_info")

    expect(reply).has_member("resource_owner_id", str, int)
    told = reply.members["resource_owner_id"]
    expect.that(
        owner_told(given, send, user_tokens(given)) == told, "one owner told as one", "two of them", breach="act"
    )


@requirement("documented-info-resource-owner-of-user-token")
def test_another_owner_is_told_as_another(given: Given, send: Send, expect: Expect) -> None:
    one = owner_told(given, send, user_tokens(given))

    other = owner_told(given, send, user_tokens(given, "resource_owner_other"))

    expect.that(one != other, "two owners told as two", "one of them", breach="act")


@requirement("documented-info-no-owner-of-app-token")
def test_an_app_token_has_no_owner(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens("client_credentials")

    reply = send.resource(tokens.access_token, "token_info")

    given.accepted(reply, "token info with a good token")
    expect(reply).member_is("resource_owner_id", None)


@requirement("documented-info-application-uid")
def test_the_application_is_the_client(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = token_info_reply(given, send)

    expect(reply).member_is("application", {**_table(reply.members), "uid": info_of(given, send).client.client_id})


@requirement("documented-info-application-uid")
def test_the_application_of_a_users_token_is_the_client(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens(given.user_grant())

    reply = send.resource(tokens.access_token, "token_info")

    given.accepted(reply, "token info with a good token")
    expect(reply).member_is("application", {**_table(reply.members), "uid": tokens.client.client_id})


def _table(members: object) -> dict[str, object]:
    """The member `application`, as far as it is an object."""
    table = members.get("application") if isinstance(members, dict) else None
    return dict(table) if isinstance(table, dict) else {}


@requirement("documented-info-missing-token-401")
def test_no_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = send.resource(None, "token_info")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@pytest.mark.parametrize("token", ["not a token", "invented"])
@requirement("documented-info-bad-token-401")
def test_a_bad_token_is_refused(given: Given, send: Send, expect: Expect, token: str) -> None:
    info_tells(given, send)

    reply = send.resource(token.replace("invented", given.invented("access_token")), "token_info")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-info-bad-token-401")
@needs("refresh_token")
def test_a_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    info_tells(given, send)

    reply = send.resource(given.refreshable().refresh_token, "token_info")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-info-revoked-token-401")
def test_a_revoked_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = revoked_token(given)

    reply = send.resource(token, "token_info")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-info-expired-token-401")
def test_an_expired_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = expired_token(given, send)

    reply = send.resource(token, "token_info")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-info-refusal-tells-nothing")
@needs("revocation")
def test_a_refusal_of_a_revoked_token_tells_nothing(given: Given, send: Send, expect: Expect) -> None:
    token = revoked_token(given)

    reply = send.resource(token, "token_info")

    expect.that(
        not told_of_token(reply), "nothing about the token", f"{', '.join(told_of_token(reply))} told", breach="act"
    )


@requirement("documented-info-refusal-tells-nothing")
def test_a_refusal_of_an_expired_token_tells_nothing(given: Given, send: Send, expect: Expect) -> None:
    token = expired_token(given, send)

    reply = send.resource(token, "token_info")

    expect.that(
        not told_of_token(reply), "nothing about the token", f"{', '.join(told_of_token(reply))} told", breach="act"
    )
