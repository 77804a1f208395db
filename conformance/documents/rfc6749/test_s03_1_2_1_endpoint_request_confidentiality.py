"""RFC 6749 section 3.1.2.1: endpoint request confidentiality."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from conformance.base.outcomes import Vacuous
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.asking import Visit, asked_about
from conformance.procedures.redirects import (
    GRANT_OF,
    any_response_type,
    insecure_and_secure,
    landed_at,
)
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply

ADDRESS = re.compile(r"\S*(?:://|%3A%2F%2F)\S*", re.I)
WORD = re.compile(r"[^\W\d_]{2,}")


@requirement("rfc6749-3.1.2.1-insecure-endpoint-warned-of")
def test_the_owner_is_warned_of_an_insecure_endpoint(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client, insecure, secure = insecure_and_secure(target)
    warned = warns_when_asking(given, send, client, insecure, secure) or warns_after(
        given, send, client, insecure, secure
    )

    expect.that(warned, f"a warning before the user agent is sent to {insecure}", "the same pages as with TLS")


def warns_when_asking(given: Given, send: Send, client: Client, insecure: str, secure: str) -> bool:
    """Whether the page that asks for consent says more where the endpoint has no TLS. Vacuous where none asks."""
    response_type = any_response_type(given, client)

    def look_on(redirect_uri: str, visit: Visit) -> Answer | None:
        how: dict[str, Any] = {"user_agent": visit.user_agent, "redirect_uri": redirect_uri, "decision": "wait"}
        answer = send.authorize(client, response_type, **how)
        return answer if answer.destination is None else None

    asking = [asked_about(given, GRANT_OF[response_type], client, partial(look_on, uri)) for uri in (insecure, secure)]
    shown = [words_shown([answer.reply]) for answer in asking if answer is not None]
    if len(shown) < 2:
        raise Vacuous("the server asks nobody for a decision: there is no page that could warn")
    return bool(shown[0] - shown[1])


def warns_after(given: Given, send: Send, client: Client, insecure: str, secure: str) -> bool:
    """Whether another page warns on the way back, or the user agent isn't sent to the insecure endpoint at all."""
    response_type = any_response_type(given, client)
    back = [given.came_back(send.authorize(client, response_type, redirect_uri=uri)) for uri in (insecure, secure)]
    more = words_shown(back[0].pages) - words_shown(back[1].pages)
    return bool(more) or landed_at(back[0], [insecure]) is None


def words_shown(pages: Sequence[Reply]) -> set[str]:
    """The words on pages, addresses left out."""
    text = " ".join(read_page(page).text for page in pages)
    return set(WORD.findall(ADDRESS.sub(" ", text).lower()))
