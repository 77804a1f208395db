"""RFC 6749 section 10.13: clickjacking."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.end_user_pages import frame_options, frame_policy, tour

FRAME_OPTIONS = ("deny", "sameorigin")


@requirement("rfc6749-10.13-pages-refuse-framing")
def test_what_pages_say_about_frames_is_noted(given: Given, send: Send) -> None:
    pages = tour(given, send).asking_pages

    given.note("about frames, the pages say: " + "; ".join(dict.fromkeys(map(frame_policy, pages))))


@requirement("rfc6749-10.13-frame-header-value-known")
def test_a_frame_header_says_what_browsers_know(given: Given, send: Send, expect: Expect) -> None:
    pages = tour(given, send).asking_pages

    unknown = [value for page in pages for value in frame_options(page) if value.lower() not in FRAME_OPTIONS]
    expect.that(not unknown, "X-Frame-Options that says deny or sameorigin", ", ".join(unknown), breach="act")
