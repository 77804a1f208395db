"""RFC 7662 section 2.3: every refusal of a run at the introspection endpoint.

A caller that fails by the client authentication of RFC 6749 is answered as section 5.2 there says. Others are refused
in ways that no text orders: what is held against its syntax here calls itself an error of OAuth.
"""

from __future__ import annotations

import pytest

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply


@requirement("rfc7662-2.3-bad-client-credentials-401")
def test_every_failed_authentication_in_a_header_has_status_401(recorded: Recorded, expect: Expect) -> None:
    in_header = [reply for reply in failed_authentications(recorded) if scheme_of(reply) == "basic"]

    recorded.each(in_header, lambda reply: expect(reply).has_status(401))


@requirement("rfc7662-2.3-bad-client-credentials-challenged")
def test_every_failed_authentication_in_a_header_is_challenged(recorded: Recorded, expect: Expect) -> None:
    in_header = [reply for reply in failed_authentications(recorded) if scheme_of(reply) == "basic"]

    recorded.each(in_header, lambda reply: expect(reply).challenges_with("Basic"))


@requirement("rfc7662-2.3-bad-client-credentials-error-body")
def test_every_failed_authentication_is_told_in_json(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect(reply).has_media_type("application/json")
        expect(reply).is_json_in_utf8()
        expect(reply).has_member("error", str)

    recorded.each(failed_authentications(recorded), judge)


@requirement("rfc7662-2.3-bad-client-credentials-error-body")
@pytest.mark.parametrize("element", ["error_description", "error_uri"])
def test_every_failed_authentication_keeps_to_the_syntax(recorded: Recorded, expect: Expect, element: str) -> None:
    answers = [reply for reply in failed_authentications(recorded) if reply.members.get(element)]

    def judge(reply: Reply) -> None:
        expect(reply).has_member(element, str)
        expect(reply).member_fits(element)

    recorded.each(answers, judge)


def failed_authentications(recorded: Recorded) -> list[Reply]:
    """Refusals that tell a caller which came with a client's credentials that it failed to authenticate."""
    refused = [reply for reply in recorded.errors_of("introspection") if reply.members["error"] == "invalid_client"]
    return [reply for reply in refused if scheme_of(reply) == "basic" or b"client_secret=" in reply.request.body]


def scheme_of(reply: Reply) -> str:
    """The scheme of the request's Authorization header, in lower case; empty where there is none."""
    return (reply.request.header("Authorization") or "").partition(" ")[0].lower()
