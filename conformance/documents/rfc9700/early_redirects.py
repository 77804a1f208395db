"""Authorization requests in a browser in which nobody has signed in, and clients whose URIs aren't trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.base.outcomes import Untested
from conformance.browser.user_agent import CLICKED, Answer
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.redirects import GRANT_OF, ResponseType, any_response_type, landed_at
from conformance.profile.target import Client, Target

# What is wrong with the request on purpose: an attacker who has registered a client can choose.
REQUESTS: Mapping[str, dict[str, Any]] = {
    "nothing": {},
    "unknown scope": {"scope": "invented-scope"},
    "unknown response type": {"response_type": "invented"},
    "no response type": {"response_type": OMIT},
    "malformed challenge": {"code_challenge": "short", "code_challenge_method": "S256"},
    "repeated state": {"state": ["one", "two"]},
}


def in_nobodys_browser(given: Given, send: Send, what: str) -> Answer:
    """How such a request ends where nobody signs in; the like is served where somebody does."""
    good = ordinary_request(given, send)
    return good.changed(REQUESTS[what], user_agent=given.nobodys_user_agent())


def posted_in_nobodys_browser(given: Given, send: Send, what: str) -> Answer:
    """The same by POST, where the server takes requests that way from somebody who signs in."""
    good = ordinary_request(given, send)
    taken_by_post(given, good)
    return good.changed(REQUESTS[what], user_agent=given.nobodys_user_agent(), method="POST")


def sent_to_client(answer: Answer) -> bool:
    """Whether the browser was sent to the client by itself: to sign in elsewhere it may be sent to another host."""
    asked = answer.request.get("redirect_uri")
    uris = [*answer.request.client.redirect_uris, *([asked] if asked else [])]
    return answer.mechanism not in CLICKED and landed_at(answer, uris) is not None


def untrusted_client(given: Given, target: Target) -> tuple[Client, ResponseType]:
    """A client whose redirection URIs the server doesn't trust; Untested where the profile declares none."""
    for client in target.clients.values():
        response_type = any_response_type(given, client)
        if client.declared.get("untrusted") and client.redirect_uris and client.may_use(GRANT_OF[response_type]):
            return client, response_type
    raise Untested("no client's redirection URIs are untrusted: set `untrusted = true` where the server takes care")
