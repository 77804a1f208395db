"""What a client sends for its own use comes back as it was."""

from __future__ import annotations

from conformance.fuzz.engine import for_any
from conformance.fuzz.strategies import states
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.authorization_requests import ordinary


@requirement("rfc6749-4.1.2-state-unchanged")
@for_any(state=states())
def test_any_legal_state_comes_back_with_a_code(given: Given, send: Send, expect: Expect, state: str) -> None:
    answer = ordinary(given, send, response_type="code").changed(state=state)

    expect(answer).returns_state(state)
