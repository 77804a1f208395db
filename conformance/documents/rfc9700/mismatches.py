"""Authorization requests whose client and redirection URI don't belong together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.redirects import ATTACKER

COMBINATIONS: Mapping[str, Callable[[Given], dict[str, Any]]] = {
    "a URI of nobody": lambda given: {"redirect_uri": f"https://{ATTACKER}/cb"},
    "a URI of another client": lambda given: {"redirect_uri": given.other_client().redirect_uris[0]},
    "an unknown client": lambda given: {"client_id": given.invented("client_id")},
}


def answer_to_mismatch(given: Given, send: Send, how: str) -> Answer:
    """How such a request ends, by the person at hand."""
    good = ordinary_request(given, send)
    return good.changed(COMBINATIONS[how](given))
