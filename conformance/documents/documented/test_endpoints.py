"""The documented API: endpoints and their methods."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from conformance.documents.documented.api import (
    declining_form,
    ended_token,
    expired_token,
    refreshable_or_any,
    token_reply,
    token_that_opens,
    two_tokens,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.asking import certain_refusal
from conformance.procedures.consent import asked_to_approve, forged_decision, page_that_asks


@requirement("documented-endpoints-authorize-get")
def test_get_leads_to_a_code(given: Given, send: Send, expect: Expect) -> None:
    answer = send.authorize(given.client_for("authorization_code"), method="GET")

    expect(answer).carries("code")


@requirement("documented-endpoints-authorize-post")
def test_post_without_a_decision_is_an_authorization_request(given: Given, send: Send, expect: Expect) -> None:
    given.came_back(given.approval())

    answer = send.authorize(given.client_for("authorization_code"), method="POST")

    expect(answer).carries("code")


@requirement("documented-endpoints-authorize-post-grants")
def test_a_posted_consent_brings_a_code(given: Given, send: Send, expect: Expect) -> None:
    page = asked_to_approve(given, send)

    answer = send.authorization(page.request, user_agent=page.user_agent)

    # More redirects may follow the answer, as long as none asks the endpoint once more by GET.
    last, posted_to = answer.reply.request, urlsplit(page.form.action).path
    where = urlsplit(send.form_request("authorization", ()).url).path
    begins_again = last.method == "GET" and urlsplit(last.url).path == where
    expect(answer).carries("code")
    expect.that(
        page.form.method == "POST" and posted_to == where and not begins_again,
        f"the decision posted to {where}",
        f"{page.form.method} {posted_to}, then {last.method} {urlsplit(last.url).path}",
    )


@requirement("documented-endpoints-authorize-post-needs-csrf")
def test_a_decision_without_the_forms_secret_grants_nothing(given: Given, send: Send, expect: Expect) -> None:
    answer = forged_decision(given, send, "nothing", knows_same_site=False)

    expect(answer).grants_nothing()


@requirement("documented-endpoints-authorize-delete-declines")
def test_delete_declines(given: Given, send: Send, expect: Expect) -> None:
    page = page_that_asks(given, send)
    form, fields = declining_form(send, page)

    answer = send.submitted(form, fields, page.request, page.user_agent)

    expect(answer).is_an_error("access_denied")
    expect(answer).returns_state(page.request.get("state"))


@requirement("documented-endpoints-authorize-plain-delete-declines")
def test_a_plain_delete_declines(given: Given, send: Send, expect: Expect) -> None:
    page = page_that_asks(given, send)

    answer = send.authorization(page.request, user_agent=page.user_agent, method="DELETE")

    expect(answer).is_an_error("access_denied")
    expect(answer).returns_state(page.request.get("state"))


@requirement("documented-endpoints-decline-button")
def test_the_button_declines(given: Given, send: Send, expect: Expect) -> None:
    page = page_that_asks(given, send)

    answer = certain_refusal(send.authorization(page.request, user_agent=page.user_agent, decision="decline"))

    expect(answer).is_an_error("access_denied")
    expect(answer).returns_state(page.request.get("state"))


@requirement("documented-endpoints-token-post")
def test_post_issues_a_token(given: Given, send: Send, expect: Expect) -> None:
    reply = token_reply(given, send)

    expect(reply).issues_a_token()


@requirement("documented-endpoints-token-delete-ends-token")
def test_delete_ends_the_token(given: Given, send: Send, expect: Expect) -> None:
    token = given.active_token(given.tokens())

    send.resource(token.value, "token", method="DELETE")

    expect(token).is_inactive()


@requirement("documented-endpoints-token-delete-ends-token")
def test_delete_ends_a_users_token(given: Given, send: Send, expect: Expect) -> None:
    token = given.active_token(given.tokens(given.user_grant()))

    send.resource(token.value, "token", method="DELETE")

    expect(token).is_inactive()


@needs("refresh_token")
@requirement("documented-endpoints-token-delete-ends-token")
def test_delete_ends_a_refreshed_token(given: Given, send: Send, expect: Expect) -> None:
    token = given.active_token(given.refreshed(given.refreshable()))

    send.resource(token.value, "token", method="DELETE")

    expect(token).is_inactive()


@pytest.mark.parametrize("kind", ["me", "app", "basic"])
@needs("documented_scopes")
@requirement("documented-endpoints-token-delete-ends-token")
def test_an_ended_token_opens_no_resource(given: Given, send: Send, expect: Expect, kind: str) -> None:
    token = token_that_opens(given, send, kind)

    send.resource(token.value, "token", method="DELETE")

    expect(token).is_inactive()


@requirement("documented-endpoints-token-delete-status")
def test_delete_answers_200_or_204(given: Given, send: Send, expect: Expect) -> None:
    reply = send.resource(given.tokens().access_token, "token", method="DELETE")

    expect(reply).has_status(200, 204)


@pytest.mark.parametrize("token", [None, "invented"], ids=["none", "invented"])
@requirement("documented-endpoints-token-delete-unauthenticated")
def test_delete_needs_a_token(given: Given, send: Send, expect: Expect, token: str | None) -> None:
    served = send.resource(given.tokens().access_token, "token", method="DELETE", phase="given")
    given.accepted(served, "DELETE with a good token")

    reply = send.resource(token and given.invented("access_token"), "token", method="DELETE")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-endpoints-token-delete-unauthenticated")
def test_delete_needs_a_token_that_is_not_ended(given: Given, send: Send, expect: Expect) -> None:
    token = ended_token(given, send, given.tokens())

    reply = send.resource(token, "token", method="DELETE")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-endpoints-token-delete-unauthenticated")
def test_delete_needs_a_token_that_is_not_expired(given: Given, send: Send, expect: Expect) -> None:
    served = send.resource(given.tokens().access_token, "token", method="DELETE", phase="given")
    given.accepted(served, "DELETE with a good token")
    token = expired_token(given, send)

    reply = send.resource(token, "token", method="DELETE")

    expect(reply).has_status(401)
    expect(reply).challenges_with("Bearer")


@requirement("documented-endpoints-token-delete-spares-others")
def test_delete_leaves_other_tokens(given: Given, send: Send, expect: Expect) -> None:
    token, other = two_tokens(given, given.any_grant())

    reply = send.resource(token, "token", method="DELETE")

    given.accepted(reply, "DELETE with a good token")
    expect(other).is_active()


@requirement("documented-endpoints-token-delete-spares-others")
def test_delete_leaves_the_users_other_tokens(given: Given, send: Send, expect: Expect) -> None:
    token, other = two_tokens(given, given.user_grant())

    reply = send.resource(token, "token", method="DELETE")

    given.accepted(reply, "DELETE with a good token")
    expect(other).is_active()


@requirement("documented-endpoints-revoke-post")
def test_revoke_ends_a_token(given: Given, send: Send, expect: Expect) -> None:
    token = refreshable_or_any(given)

    send.revocation(token.value, token.tokens.client)

    expect(token).is_inactive()


@requirement("documented-endpoints-introspect-post")
def test_introspect_tells_the_state(given: Given, send: Send, expect: Expect) -> None:
    token = given.tokens().access_token

    reply = send.introspection(token)

    expect(reply).member_is("active", True)
