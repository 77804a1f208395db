"""RFC 9700 sections 4.2.4 and 4.16: the headers of every page of a run that takes part in an authorization.

A form that is shown again after a wrong password, a page for one kind of client, an error that one request leads to:
each may come from a branch of its own.
"""

from __future__ import annotations

import pytest

from conformance.browser.pages import read_page
from conformance.documents.rfc9700.end_user_pages import (
    authorizing_pages,
    keeps_out_by_header,
    keeps_out_by_policy,
    referrer_policy,
    refusing_pages,
    suppresses_referrer,
)
from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.procedures.end_user_pages import frame_policy
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

KINDS = pytest.mark.parametrize("kind", ["asking", "error"])


def pages_of_run(recorded: Recorded, target: Target, kind: str) -> list[Reply]:
    """The pages of a run that ask, or those that tell of an error."""
    if kind == "asking":
        return authorizing_pages(recorded, target.sign_in)
    return refusing_pages(recorded, target.url("authorization"))


@requirement("rfc9700-4.16-clickjacking-prevented")
def test_every_page_that_asks_keeps_out_of_frames(recorded: Recorded, expect: Expect, target: Target) -> None:
    # What has scripts may keep out of frames by them.
    pages = [page for page in authorizing_pages(recorded, target.sign_in) if not read_page(page).scripts]

    def judge(page: Reply) -> None:
        kept_out = keeps_out_by_policy(page) or keeps_out_by_header(page)
        expect.that(kept_out, "a page that no other site can frame", frame_policy(page), at=page)

    recorded.each(pages, judge)


@requirement("rfc9700-4.16-policy-on-every-page")
@KINDS
def test_every_page_of_the_run_has_a_policy(recorded: Recorded, expect: Expect, target: Target, kind: str) -> None:
    def judge(page: Reply) -> None:
        expect.that(keeps_out_by_policy(page), "frame-ancestors that keep others out", frame_policy(page), at=page)

    recorded.each(pages_of_run(recorded, target, kind), judge)


@requirement("rfc9700-4.2.4-referrer-suppressed")
@KINDS
def test_every_page_of_the_run_keeps_its_url(recorded: Recorded, expect: Expect, target: Target, kind: str) -> None:
    def judge(page: Reply) -> None:
        told = referrer_policy(page) or "none"
        expect.that(suppresses_referrer(page), "a policy that keeps the URL from other sites", told, at=page)

    recorded.each(pages_of_run(recorded, target, kind), judge)
