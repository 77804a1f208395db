"""RFC 6749 section 3.1.2.1: endpoint request confidentiality."""

from __future__ import annotations

import re

from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.outcomes import Untested
from conformance.harness.pages import read_page
from conformance.harness.procedures.redirects import any_response_type, insecure_and_secure, landed_at
from conformance.harness.target import Target
from conformance.harness.user_agent import Answer

ADDRESS = re.compile(r"\S*(?:://|%3A%2F%2F)\S*", re.I)
WORD = re.compile(r"[^\W\d_]{2,}")


@requirement("rfc6749-3.1.2.1-insecure-endpoint-warned-of")
def test_the_owner_is_warned_of_an_insecure_endpoint(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client, insecure, secure = insecure_and_secure(target)
    asked = any_response_type(given, client)

    without_tls = send.authorize(client, asked, user_agent=given.user_agent(fresh=True), redirect_uri=insecure)
    with_tls = send.authorize(client, asked, user_agent=given.user_agent(fresh=True), redirect_uri=secure)

    more = words_shown(given.came_back(without_tls)) - words_shown(given.came_back(with_tls))
    warned = bool(more) or landed_at(without_tls, [insecure]) is None
    expect.that(warned, f"a warning before the user agent is sent to {insecure}", "the same pages as with TLS")


def words_shown(answer: Answer) -> set[str]:
    """The words on the pages on the way, addresses left out; Untested when no page asked for a decision."""
    if not answer.consented:
        raise Untested("the consent is remembered, so there was no page: withdraw it from the client before the run")
    text = " ".join(read_page(page).text for page in answer.pages)
    return set(WORD.findall(ADDRESS.sub(" ", text).lower()))
