"""RFC 6749 section 6: refreshing an access token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.send import FORM
from conformance.procedures.client_authentication import by_basic, by_body
from conformance.procedures.refreshing import (
    OF_EITHER_CLIENT,
    another_client,
    of_another_client,
    refreshable_of,
    refreshable_tokens,
    refreshable_with_secret,
    refreshed_as_live,
    refreshing_seen,
    successor,
)
from conformance.procedures.resource_access import in_other_case
from conformance.procedures.token_families import (
    refreshed_after_revocation,
    refreshed_beside_an_ended_grant,
    third_generation,
    third_refresh_by_new_token,
)
from conformance.procedures.token_refusals import unknown_refresh_token, wrong_secret
from conformance.procedures.token_responses import altered

SPELLINGS = ("REFRESH_TOKEN", "refresh-token")


@requirement("rfc6749-6-refresh-as-form-answered")
def test_a_form_gets_an_access_token(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-refresh-as-form-answered")
def test_a_form_with_escapes_gets_an_access_token(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)
    pairs, headers = send.authenticated({"grant_type": "refresh_token"}, tokens.client, None, {})
    form = send.form_request("token", pairs)
    escaped = "".join(f"%{byte:02X}" for byte in (tokens.refresh_token or "").encode())

    body = form.body + f"&refresh_token={escaped}".encode()
    reply = send.raw("POST", form.url, [("Content-Type", FORM), *headers], body)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-grant-type-required")
def test_without_grant_type_it_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, grant_type=OMIT)

    expect(reply).is_not_served()
    given.control(tokens)


@requirement("rfc6749-6-grant-type-exact")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_the_grant_type_is_refused(given: Given, send: Send, expect: Expect, spelling: str) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, grant_type=spelling)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-required")
def test_without_refresh_token_it_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, refresh_token=OMIT)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-bound-to-client")
def test_another_client_gets_nothing_for_the_third_one(given: Given, send: Send, expect: Expect) -> None:
    other = another_client(given, send, "other")
    tokens = third_generation(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-validated")
def test_a_refresh_token_in_the_other_case_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, refresh_token=in_other_case(tokens.refresh_token or ""))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-bound-to-client")
@pytest.mark.parametrize("name", ["other", "public"])
def test_another_client_gets_nothing_for_it(given: Given, send: Send, expect: Expect, name: str) -> None:
    other = another_client(given, send, name)
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-bound-to-client")
def test_another_client_with_its_secret_in_the_body_gets_nothing_for_it(
    given: Given, send: Send, expect: Expect
) -> None:
    other = by_body(another_client(given, send, "other"))
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-bound-to-client")
def test_the_main_client_gets_nothing_for_a_public_clients(given: Given, send: Send, expect: Expect) -> None:
    tokens = of_another_client(given, send, "public")

    reply = send.refresh(tokens, refreshing_seen(given, send).client)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-bound-to-client")
def test_who_authenticates_takes_no_other_clients_name(given: Given, send: Send, expect: Expect) -> None:
    presenter = by_basic(refreshing_seen(given, send).client)
    tokens = of_another_client(given, send, "other")

    reply = send.refresh(tokens, presenter, client_id=tokens.client.client_id)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-unauthenticated-refresh-refused")
@pytest.mark.parametrize("authentication", ["none", "absent"], ids=["named", "nameless"])
def test_without_authentication_it_is_refused(given: Given, send: Send, expect: Expect, authentication: str) -> None:
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, authentication=authentication)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-wrong-authentication-refused")
def test_with_a_wrong_secret_it_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, wrong_secret(given, tokens.client))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-token-owner-is-authenticated-client")
def test_an_authenticated_client_gets_nothing_for_anothers_token(given: Given, send: Send, expect: Expect) -> None:
    other = another_client(given, send, "other")
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, other)

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-validated")
def test_an_invented_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = unknown_refresh_token(given, send)

    expect(reply).is_refused()


@requirement("rfc6749-6-refresh-token-validated")
def test_an_altered_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(replace(tokens, refresh_token=altered(tokens.refresh_token or "")))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-validated")
def test_an_access_token_is_no_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(replace(tokens, refresh_token=tokens.access_token))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-validated")
def test_an_access_token_of_a_public_client_is_no_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    tokens = of_another_client(given, send, "public")

    reply = send.refresh(replace(tokens, refresh_token=tokens.access_token))

    expect(reply).is_refused()
    given.control(tokens)


@requirement("rfc6749-6-refresh-token-validated")
@needs("authorization_code")
def test_a_code_is_no_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    client = given.client_for("authorization_code")
    refreshing_seen(given, send, client)
    code = given.authorization_code(client)

    reply = send.token("refresh_token", client, {"refresh_token": code.value})

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-6-refresh-issues-access-token")
def test_an_access_token_comes(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.refreshable()

    reply = send.refresh(tokens)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-refresh-issues-access-token")
def test_the_access_token_is_good(given: Given, send: Send, expect: Expect) -> None:
    token = refreshed_as_live(given, send)

    expect(token).is_active()


@requirement("rfc6749-6-refresh-issues-access-token")
@needs("revocation")
def test_the_access_token_is_good_after_a_revocation(given: Given, send: Send, expect: Expect) -> None:
    found = refreshed_after_revocation(given, send)

    expect.that(found.is_new_token_good, "a usable access token", "one that is taken for inactive")


@requirement("rfc6749-6-refresh-issues-access-token")
@needs("revocation")
def test_the_access_token_is_good_beside_an_ended_grant(given: Given, send: Send, expect: Expect) -> None:
    found, _ = refreshed_beside_an_ended_grant(given, send)

    expect.that(found.is_new_token_good, "a usable access token", "one that is taken for inactive")


@requirement("rfc6749-6-failed-refresh-error-response")
def test_an_invalid_refresh_gets_an_error(given: Given, send: Send, expect: Expect) -> None:
    reply = unknown_refresh_token(given, send)

    expect(reply).is_an_error()


@requirement("rfc6749-6-new-refresh-token-optional")
def test_a_new_refresh_token_may_come(given: Given, send: Send) -> None:
    tokens = given.refreshable()

    fresh = given.refreshed(tokens)

    given.note(f"a refresh brings {'a new' if fresh.refresh_token != tokens.refresh_token else 'no new'} refresh token")


@requirement("rfc6749-6-new-refresh-token-redeemable")
@OF_EITHER_CLIENT
def test_a_new_refresh_token_obtains_an_access_token(given: Given, send: Send, expect: Expect, whose: str) -> None:
    fresh = successor(given, send, refreshable_of(given, whose))

    reply = send.refresh(fresh)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-new-refresh-token-redeemable")
def test_the_third_refresh_token_obtains_an_access_token(given: Given, send: Send, expect: Expect) -> None:
    fresh = third_generation(given, send)

    reply = send.refresh(fresh)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-new-refresh-token-redeemable")
def test_a_refresh_token_obtains_an_access_token_after_two_narrower_refreshes(
    given: Given, send: Send, expect: Expect
) -> None:
    reply = third_refresh_by_new_token(given, send)

    expect(reply).issues_a_token()


@requirement("rfc6749-6-old-refresh-token-may-be-revoked")
def test_the_old_refresh_token_may_die(given: Given, send: Send) -> None:
    tokens = given.refreshable()
    successor(given, send, tokens)

    reply = send.refresh(tokens)

    given.note(f"the old refresh token {'still works' if reply.is_success else 'is refused'} after a new one came")
