"""RFC 6750 section 3: every challenge of a run to who presented a token that the run was given."""

from __future__ import annotations

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.procedures.bearer import RESOURCE, bearer_challenges, values
from conformance.wire.exchange import Reply


@requirement("rfc6750-3-scheme-is-bearer")
def test_the_scheme_of_every_challenge_is_bearer(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        found = [each.scheme for each in bearer_challenges(reply)]
        expect.that("bearer" in found or not found, "a challenge of the scheme Bearer", ", ".join(found), at=reply)

    recorded.each(challenged(recorded), judge)


@requirement("rfc6750-3-attribute-follows-scheme")
def test_an_attribute_follows_every_scheme(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        is_followed = all(each.attributes for each in bearer_challenges(reply))
        expect.that(is_followed, "one attribute or more in each challenge", "a bare scheme", at=reply)

    recorded.each(challenged(recorded), judge)


@requirement("rfc6750-3-error-included")
def test_every_challenge_to_a_token_has_an_error(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect.that(bool(values(reply, "error")), "an error in the challenge", reply, about="refusal", at=reply)

    recorded.each(challenged(recorded), judge)


def challenged(recorded: Recorded) -> list[Reply]:
    """Refusals with a challenge by the protected resource, to a token in the header that the server had issued.

    Where a token is bound to a key, the scheme is that of its proof (RFC 9449 section 7.1), whatever the token says.
    """
    tokens = recorded.issued("access_token")
    return [
        reply
        for reply in recorded.answers_of(RESOURCE)
        if reply.status in (400, 401, 403)
        and any(each.scheme != "dpop" for each in bearer_challenges(reply))
        and any(map(tokens.within, bearer_credentials(reply)))
    ]


def bearer_credentials(reply: Reply) -> list[str]:
    """The Authorization headers of its request that hold a bearer token."""
    headers = [value for name, value in reply.request.headers if name.lower() == "authorization"]
    return [value for value in headers if value.startswith("Bearer ")]
