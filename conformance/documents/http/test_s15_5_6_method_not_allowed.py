"""RFC 9110 section 15.5.6: 405 Method Not Allowed."""

from __future__ import annotations

from conformance.harness import Expect, Send, needs, requirement
from conformance.harness.record import Recorded

ENDPOINTS = ("authorization", "token", "revocation", "introspection")


@requirement("http-15.5.6-allow-in-405")
def test_every_405_says_what_is_allowed(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in recorded.answers_of(*ENDPOINTS) if reply.status == 405]

    recorded.each(answers, lambda reply: expect(reply).has_header("Allow"))


@requirement("http-15.5.6-allow-in-405")
@needs("authorization_endpoint")
def test_the_authorization_endpoint_says_what_is_allowed(send: Send, expect: Expect) -> None:
    reply = send.raw("PUT", send.form_request("authorization", ()).url)

    expect.that(reply.status != 405 or bool(reply.header("Allow")), "an Allow header beside status 405", reply)
