"""RFC 7009 section 2.2.1: every refusal of a run at the revocation endpoint."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply


@requirement("rfc7009-2.2.1-errors-are-json")
def test_every_error_is_json(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect(reply).has_media_type("application/json")
        expect(reply).is_json_in_utf8()
        expect(reply).has_member("error", str)

    recorded.each(recorded.refusals_of("revocation"), judge)


@requirement("rfc7009-2.2.1-error-members-well-formed")
@pytest.mark.parametrize("element", ["error", "error_description", "error_uri"])
def test_every_error_keeps_to_the_syntax(recorded: Recorded, expect: Expect, element: str) -> None:
    answers = [reply for reply in recorded.errors_of("revocation") if reply.members.get(element)]

    recorded.each(answers, lambda reply: expect(reply).member_fits(element))
