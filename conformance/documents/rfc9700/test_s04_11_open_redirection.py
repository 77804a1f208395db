"""RFC 9700 section 4.11.2: the authorization server as open redirector."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.early_redirects import (
    REQUESTS,
    in_nobodys_browser,
    posted_in_nobodys_browser,
    sent_to_client,
    untrusted_client,
)
from conformance.documents.rfc9700.mismatches import COMBINATIONS, answer_to_mismatch
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.open_redirectors import FOREIGN_PLACES, answer_to_misleading_link
from conformance.procedures.redirects import moved_to
from conformance.profile.target import Target


@requirement("rfc9700-4.11.2-redirects-safely")
@pytest.mark.parametrize("place", FOREIGN_PLACES.values(), ids=FOREIGN_PLACES)
def test_signing_in_leads_to_no_foreign_host(given: Given, send: Send, expect: Expect, place: str) -> None:
    answer = answer_to_misleading_link(given, send, place, given.user_agent(fresh=True))

    moved = moved_to(answer, place, answer.request.client.redirect_uris)
    expect.that(not moved, "the user agent not to be moved to a foreign host after sign-in", answer, breach="act")


@requirement("rfc9700-4.11.2-no-redirect-to-invalid-combination")
@pytest.mark.parametrize("how", COMBINATIONS)
def test_client_and_uri_that_do_not_fit_lead_nowhere(given: Given, send: Send, expect: Expect, how: str) -> None:
    answer = answer_to_mismatch(given, send, how)

    expect.that(not sent_to_client(answer), "a browser that isn't sent on by itself", answer, breach="act")


@requirement("rfc9700-4.11.2-user-authenticated-before-redirect")
@pytest.mark.parametrize("what", REQUESTS)
def test_nobody_leaves_before_having_signed_in(given: Given, send: Send, expect: Expect, what: str) -> None:
    answer = in_nobodys_browser(given, send, what)

    expect.that(not sent_to_client(answer), "a browser that isn't sent on by itself", answer, breach="act")


@requirement("rfc9700-4.11.2-user-authenticated-before-redirect")
def test_nobody_leaves_by_post_before_having_signed_in(given: Given, send: Send, expect: Expect) -> None:
    answer = posted_in_nobodys_browser(given, send, "unknown scope")

    expect.that(not sent_to_client(answer), "a browser that isn't sent on by itself", answer, breach="act")


@requirement("rfc9700-4.11.2-untrusted-uri-not-followed")
@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_nobody_is_sent_to_an_untrusted_uri(
    given: Given, send: Send, expect: Expect, target: Target, decision: str
) -> None:
    client, response_type = untrusted_client(given, target)

    answer = send.authorize(client, response_type, decision=decision, user_agent=given.user_agent(fresh=True))

    expect.that(not sent_to_client(answer), "a page between, on which a person decides", answer, breach="act")


@requirement("rfc9700-4.11.2-user-informed")
def test_how_an_untrusted_uri_is_reached_is_noted(given: Given, send: Send, target: Target) -> None:
    client, response_type = untrusted_client(given, target)

    answer = send.authorize(client, response_type)

    given.note(f"to [clients.{client.name}] a person gets by: {answer.mechanism or 'no way, a page that stays'}")
