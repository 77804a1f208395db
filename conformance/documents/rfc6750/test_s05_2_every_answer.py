"""RFC 6750 section 5.2: every answer of a run that sets cookies."""

from __future__ import annotations

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply


@requirement("rfc6750-5.2-tokens-not-in-open-cookies")
def test_no_answer_puts_a_token_in_an_open_cookie(recorded: Recorded, expect: Expect) -> None:
    tokens = recorded.issued("access_token")

    def judge(reply: Reply) -> None:
        held = any(tokens.within(header.partition(";")[0]) for header in open_cookies(reply))
        expect.that(not held, "no token in a cookie without Secure", "one in a cookie", breach="act", at=reply)

    recorded.each([reply for reply in recorded.replies() if reply.header_values("Set-Cookie")], judge)


def open_cookies(reply: Reply) -> list[str]:
    """The Set-Cookie headers of an answer whose cookies may be sent in the clear."""
    cookies = {header: header.lower().split(";")[1:] for header in reply.header_values("Set-Cookie")}
    return [header for header, attributes in cookies.items() if "secure" not in map(str.strip, attributes)]
