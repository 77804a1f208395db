"""RFC 9700 section 4.12: 307 redirect."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.password_posts import (
    KINDS,
    SEE_OTHER,
    redirected_passwords,
    redirecting_reply,
    reply_to_password,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.record import Recorded
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

TEMPORARY = 307


@requirement("rfc9700-4.12-no-307")
@pytest.mark.parametrize("kind", KINDS)
def test_no_password_is_answered_with_307(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = reply_to_password(given, send, kind)

    expect.that(reply.status != TEMPORARY, "another status than 307", reply, breach="act")


@requirement("rfc9700-4.12-no-307")
def test_no_password_of_the_run_is_answered_with_307(recorded: Recorded, expect: Expect, target: Target) -> None:
    def judge(reply: Reply) -> None:
        expect.that(reply.status != TEMPORARY, "another status than 307", reply, breach="act", at=reply)

    recorded.each(redirected_passwords(recorded, target), judge)


@requirement("rfc9700-4.12-303-used")
def test_every_password_of_the_run_is_answered_with_303(recorded: Recorded, expect: Expect, target: Target) -> None:
    recorded.each(redirected_passwords(recorded, target), lambda reply: expect(reply).has_status(SEE_OTHER))


@requirement("rfc9700-4.12-303-used")
@pytest.mark.parametrize("kind", KINDS)
def test_the_password_is_answered_with_303(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = redirecting_reply(reply_to_password(given, send, kind))

    expect(reply).has_status(SEE_OTHER)
