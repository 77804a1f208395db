"""Shows a page in a frame of another site, as whoever hijacks clicks would: do its controls show there?"""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import host_and_port
from conformance.browser.drivers.interception import LEFT_OUT_OF_REPLIES
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route
    from playwright.sync_api import Page as Tab

# The site around the frame: a reserved name (RFC 2606), served from memory.
ELSEWHERE = "https://frames.example/"
AROUND = '<!DOCTYPE html><title>Elsewhere</title><iframe name="framed" width="1200" height="900" src="{}"></iframe>'
FRAMING_HEADERS = ("x-frame-options", "content-security-policy", "content-security-policy-report-only")
SHOWS = """() => [...document.querySelectorAll("input, button, select, textarea, [role=button]")].some(
  control => control.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && control.getBoundingClientRect().width > 0)"""
# Seconds between two looks, and for how long a page without anything to press is looked at after it was loaded.
PAUSE, SETTLED = 0.05, 1.0

Load = Callable[[str], Reply]


def shows_in_frame(browser: Browser, page: Reply, files: Mapping[str, Reply], load: Load, patience: float) -> bool:
    """Whether what the page asks for shows in a frame of another site, its headers on framing left aside.

    The page is shown as it was met. `files` are those that were loaded with it, `load` brings others of its host, and
    `patience` is in seconds. Inconclusive where the page does not load.
    """
    context = browser.new_context(service_workers="block", locale="en-US")
    try:
        tab = context.new_page()
        tab.on("dialog", lambda dialog: dialog.accept())
        served = _Served(page, files, load)
        tab.route("**/*", served.answer)
        tab.goto(ELSEWHERE, wait_until="commit")
        return _comes_to_show(tab, served, patience)
    finally:
        context.close()


@dataclass
class _Served:
    """What the browser is served, from memory where it can be; `left` once the page has taken the whole window."""

    page: Reply
    files: Mapping[str, Reply]
    load: Load
    shown: bool = False
    left: bool = False

    def answer(self, route: Route) -> None:
        """Answer one request of the browser."""
        request = route.request
        navigates = request.is_navigation_request()
        if request.url == ELSEWHERE and not self.left:
            route.fulfill(content_type="text/html", body=AROUND.format(html.escape(self.page.request.url)))
        elif navigates and request.frame.parent_frame is None:
            self.left = True
            route.abort()
        elif navigates and not self.shown:
            self.shown = True
            self._fulfill(route, self.page)
        elif request.method != "GET" or self._is_foreign(request.url):
            route.abort()
        else:
            self._fulfill(route, self.files.get(request.url) or self.load(request.url))

    def _is_foreign(self, url: str) -> bool:
        return host_and_port(url) != host_and_port(self.page.request.url)

    def _fulfill(self, route: Route, reply: Reply) -> None:
        left_out = {*LEFT_OUT_OF_REPLIES, *FRAMING_HEADERS}
        headers = {name: value for name, value in reply.headers if name.lower() not in left_out}
        route.fulfill(status=reply.status, headers=headers, body=reply.body)


def _comes_to_show(tab: Tab, served: _Served, patience: float) -> bool:
    from playwright.sync_api import Error

    deadline, loaded_at = time.monotonic() + patience, None
    while time.monotonic() < deadline and not served.left:
        tab.wait_for_timeout(PAUSE * 1000)
        framed = tab.frame("framed")
        try:
            loaded = framed is not None and served.shown and framed.evaluate("document.readyState") == "complete"
            loaded_at = loaded_at or (time.monotonic() if loaded else None)
            settled = loaded_at is not None and time.monotonic() - loaded_at > SETTLED
            if framed is not None and settled:
                return bool(framed.evaluate(SHOWS))
        except Error:
            # One document gives way to the next.
            continue
    if served.left:
        return False
    raise Inconclusive(
        f"the page did not come to rest in a frame within {patience:g} s: see `patience` under [sign_in]"
    )
