"""What a token may do that was asked for little."""

from __future__ import annotations

from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.applied_scopes import scope_of


def of_narrow_request(given: Given, send: Send, grant: str) -> tuple[frozenset[str], frozenset[str]]:
    """The scope that a token is seen to have, and the one scope of two or more that was asked for."""
    asked = given.scopes(grant, 2)[0]
    tokens = given.tokens(grant, scope=asked)
    return scope_of(given, send, tokens).at_least, frozenset({asked})
