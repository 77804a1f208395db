"""RFC 6749 section 10.15: open redirectors."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.open_redirectors import FOREIGN_PLACES, answer_to_misleading_link
from conformance.procedures.redirects import moved_to

LANDING = "https://attacker.example/landing"
# What else an authorization request with an unregistered redirection URI may hold.
BESIDE: dict[str, dict[str, Any]] = {
    "nothing wrong": {},
    "unknown response type": {"response_type": "invented"},
    "no response type": {"response_type": OMIT},
    "unknown client": {"client_id": "invented-client"},
    "no client": {"client_id": OMIT},
    "unknown scope": {"scope": "invented-scope"},
    "no page wanted": {"prompt": "none"},
}


@requirement("rfc6749-10.15-redirect-uri-no-open-redirector")
@pytest.mark.parametrize("changes", BESIDE.values(), ids=BESIDE)
def test_no_request_leads_to_an_unregistered_redirect_uri(
    given: Given, send: Send, expect: Expect, changes: dict[str, Any]
) -> None:
    answer = ordinary_request(given, send).changed(redirect_uri=LANDING, **changes)

    moved = moved_to(answer, LANDING, answer.request.client.redirect_uris)
    expect.that(
        not moved,
        "the user agent not to be moved to an unregistered redirection URI",
        answer,
        breach="act",
        about="place",
    )


@requirement("rfc6749-10.15-other-parameters-no-open-redirector")
@pytest.mark.parametrize("place", FOREIGN_PLACES.values(), ids=FOREIGN_PLACES)
def test_signing_in_leads_to_no_foreign_host(given: Given, send: Send, expect: Expect, place: str) -> None:
    answer = answer_to_misleading_link(given, send, place, given.user_agent(fresh=True))

    moved = moved_to(answer, place, answer.request.client.redirect_uris)
    expect.that(not moved, "the user agent not to be moved to a foreign host after sign-in", answer, breach="act")


@requirement("rfc6749-10.15-other-parameters-no-open-redirector")
def test_being_signed_in_leads_to_no_foreign_host(given: Given, send: Send, expect: Expect) -> None:
    answer = answer_to_misleading_link(given, send, LANDING, given.user_agent())

    moved = moved_to(answer, LANDING, answer.request.client.redirect_uris)
    expect.that(not moved, "the user agent not to be moved to a foreign host", answer, breach="act")
