"""RFC 9700 section 4.16: clickjacking."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.end_user_pages import (
    keeps_out_by_header,
    keeps_out_by_policy,
    pages_met,
    unless_a_script_may,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.end_user_pages import frame_policy


@requirement("rfc9700-4.16-clickjacking-prevented")
def test_pages_keep_out_of_frames(given: Given, send: Send, expect: Expect) -> None:
    pages = pages_met(given, send, "asking")

    open_ones = [page for page in pages if not (keeps_out_by_policy(page) or keeps_out_by_header(page))]
    telling = unless_a_script_may(given, send, open_ones)
    expect.that(not telling, "pages that no other site can frame", ", ".join(map(frame_policy, telling)))


@requirement("rfc9700-4.16-policy-restricts-framing")
def test_pages_have_a_policy(given: Given, send: Send, expect: Expect) -> None:
    pages = pages_met(given, send, "asking")

    lacking = [page for page in pages if not keeps_out_by_policy(page)]
    expect.that(not lacking, "frame-ancestors that keep others out", ", ".join(map(frame_policy, lacking)))


@requirement("rfc9700-4.16-policy-on-every-page")
@pytest.mark.parametrize("kind", ["asking", "error"])
def test_every_page_has_a_policy(given: Given, send: Send, expect: Expect, kind: str) -> None:
    pages = pages_met(given, send, kind)

    lacking = [page for page in pages if not keeps_out_by_policy(page)]
    expect.that(not lacking, "frame-ancestors that keep others out", ", ".join(map(frame_policy, lacking)))


@requirement("rfc9700-4.16-combined-with-header")
def test_pages_have_another_measure_beside(given: Given, send: Send, expect: Expect) -> None:
    pages = pages_met(given, send, "asking")

    lacking = unless_a_script_may(given, send, [page for page in pages if not keeps_out_by_header(page)])
    expect.that(not lacking, "X-Frame-Options beside the policy", ", ".join(map(frame_policy, lacking)))
