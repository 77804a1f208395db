"""RFC 9110 section 15.5.6: 405 Method Not Allowed."""

from __future__ import annotations

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded

ENDPOINTS = ("authorization", "token", "revocation", "introspection")


@requirement("http-15.5.6-allow-in-405")
def test_every_405_says_what_is_allowed(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in recorded.answers_of(*ENDPOINTS) if reply.status == 405]

    recorded.each(answers, lambda reply: expect(reply).has_header("Allow"))
