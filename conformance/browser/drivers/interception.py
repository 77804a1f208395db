"""Carries the requests of a browser window: each is sent by the suite, and answered with what came back."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Inconclusive, Unanswered
from conformance.base.uris import urljoin, urlsplit
from conformance.browser.drivers.journey import Journey
from conformance.wire.exchange import Exchange, Reply, Request

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession
    from playwright.sync_api import Page as Tab

# How the browser's reasons for a navigation are called in an answer.
MECHANISMS = {
    "formSubmissionGet": "self-submitting form",
    "formSubmissionPost": "self-submitting form",
    "httpHeaderRefresh": "refresh",
    "metaTagRefresh": "refresh",
}
# Kinds of files without which a page says and asks the same.
DECORATION = frozenset({"Stylesheet", "Image", "Font", "Media", "Manifest", "Ping", "CSPViolationReport"})
# How the browser says that a request is not waited for any more. Its protocol has one code for all errors, so that its
# words have to do.
NOBODY_WAITS = ("Invalid InterceptionId", "has been closed")
# What the transport does itself, and what concerns no page that is answered from memory.
LEFT_OUT_OF_REQUESTS = frozenset({"cookie", "accept-encoding", "host", "content-length", "connection"})
LEFT_OUT_OF_REPLIES = frozenset(
    {
        "content-encoding",
        "content-length",
        "transfer-encoding",
        "connection",
        "strict-transport-security",
        "content-disposition",
    }
)
# Kinds of files that are the same for everybody, unless their headers say otherwise.
STATIC = frozenset({"Stylesheet", "Image", "Font", "Script", "Media", "Manifest"})


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the window was about to leave the target, how, and the reply that sent it there."""

    url: str
    mechanism: str
    reply: Reply


@dataclass
class Interception:
    """The requests of one window.

    `document` is the last reply shown, `departure` where the window would have left the target, `blocked` the hosts
    outside the profile that its pages wanted to reach, `lacks_part` whether one of them may have had a part in what the
    last one shows, `last_at` when something last happened (monotonic seconds),
    `seen_since_acting` method and place of the first document asked for since the last action.
    """

    cdp: CDPSession
    main_frame: str
    static: dict[str, Reply]
    departure: Departure | None = None
    blocked: set[str] = field(default_factory=set)
    lacks_part: bool = False
    last_at: float = 0.0
    seen_since_acting: tuple[str, str] | None = None
    _journey: Journey | None = None
    _first: Reply | None = None
    _document: Reply | None = None
    _failure: Exception | None = None
    _reasons: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, context: BrowserContext, tab: Tab, static: dict[str, Reply]) -> Interception:
        """Catch every request of a tab. `static` keeps files that are the same in every window."""
        cdp = context.new_cdp_session(tab)
        frame = cdp.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        requests = cls(cdp, frame, static)
        cdp.on("Fetch.requestPaused", requests._paused)
        cdp.on("Page.frameRequestedNavigation", requests._navigating)
        cdp.send("Page.enable")
        cdp.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        return requests

    @property
    def document(self) -> Reply:
        """The last reply that was shown as a page."""
        assert self._document is not None
        return self._document

    def begin(self, journey: Journey, first: Reply) -> None:
        """Serve a journey, whose first reply is there already."""
        self._journey, self._first, self._document = journey, first, first
        self.departure = self._failure = None
        self.lacks_part = False
        self.blocked.clear()
        self._reasons.clear()
        self.acting()

    def end(self) -> None:
        """From now on nothing is sent for the window."""
        self._journey = None

    def acting(self) -> None:
        """An action begins."""
        self.seen_since_acting = None
        self.last_at = time.monotonic()

    def raise_failure(self) -> None:
        """Raise what went wrong while a request was carried."""
        if self._failure is not None:
            raise self._failure

    def illustrate(self, image: bytes) -> None:
        """Put a picture of the window beside the exchange that brought its page."""
        exchanges = self._journey.visit.exchanges if self._journey else []
        for exchange in reversed(exchanges):
            if exchange.reply is self._document:
                exchange.picture = image
                return

    # Events

    def _navigating(self, event: Mapping[str, Any]) -> None:
        if event["frameId"] != self.main_frame:
            return
        url = event["url"]
        self._reasons[url] = event["reason"]
        if urlsplit(url).scheme not in ("http", "https", "about", "javascript", "blob", "data"):
            self._leave(url, MECHANISMS.get(event["reason"], "script"))

    def _paused(self, event: Mapping[str, Any]) -> None:
        self.last_at = time.monotonic()
        try:
            self._answer(event)
        except (Inconclusive, Unanswered) as error:
            self._fail(event)
            if self._is_document(event):
                self._failure = error
        except Exception as error:  # the browser's event loop would swallow it
            self._failure = error
            self._fail(event)
        self.last_at = time.monotonic()

    def _answer(self, event: Mapping[str, Any]) -> None:
        journey, url = self._journey, event["request"]["url"]
        whole = url + event["request"].get("urlFragment", "")
        is_document = self._is_document(event)
        if journey is None or self.departure is not None:
            self._fail(event)
        elif is_document and self._first is not None:
            # What an earlier page still wanted to open is none of this journey.
            if url == self._first.request.url.partition("#")[0]:
                first, self._first = self._first, None
                self._deliver(event, first)
            else:
                self._fail(event)
        elif is_document and journey.leaves(url):
            self._leave(whole, MECHANISMS.get(self._reasons.get(whole, ""), "script"))
            self._fail(event)
        elif journey.leaves(url):
            self._block(event, url)
        else:
            if is_document and self.seen_since_acting is None:
                self.seen_since_acting = (event["request"]["method"], url.partition("?")[0])
            self._deliver(event, self._reply_to(event, journey))

    def _reply_to(self, event: Mapping[str, Any], journey: Journey) -> Reply:
        url, kind = event["request"]["url"], event["resourceType"]
        if kind in STATIC and url in self.static:
            return self.static[url]
        reply = journey.agent.send(journey.visit, self._request(event, journey))
        if kind in STATIC and reply.status == 200 and _is_for_everybody(reply):
            self.static[url] = reply
        return reply

    def _request(self, event: Mapping[str, Any], journey: Journey) -> Request:
        request = event["request"]
        url, own = request["url"], {name.lower(): value for name, value in request["headers"].items()}
        self._take_over_cookies(journey, url, own.get("cookie", ""))
        headers = [
            (name, value) for name, value in request["headers"].items() if name.lower() not in LEFT_OUT_OF_REQUESTS
        ]
        if request["method"] not in ("GET", "HEAD") and "origin" not in own:
            page = urlsplit(self.document.request.url)
            headers.append(("Origin", f"{page.scheme}://{page.netloc}"))
        entries = request.get("postDataEntries") or []
        body = b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)
        return Request(request["method"], url, tuple(headers), body)

    def _take_over_cookies(self, journey: Journey, url: str, header: str) -> None:
        """Cookies that a page's script has set are known to the browser alone."""
        jar = journey.agent.cookies
        known = jar.names(url)
        for pair in filter(None, header.split("; ")):
            name, _, value = pair.partition("=")
            if name not in known:
                jar.add(url, name, value)

    def _deliver(self, event: Mapping[str, Any], reply: Reply) -> None:
        journey, is_document = self._journey, self._is_document(event)
        assert journey is not None
        if reply.is_redirect:
            location = urljoin(reply.request.url, reply.header("Location") or "")
            if journey.leaves(location):
                if is_document:
                    self.departure = Departure(location, "Location", reply)
                    self._fail(event)
                else:
                    self._block(event, location)
                return
        elif is_document:
            self._document, self.lacks_part = reply, False
        headers = [
            {"name": name, "value": value} for name, value in reply.headers if name.lower() not in LEFT_OUT_OF_REPLIES
        ]
        self._tell(
            "Fetch.fulfillRequest",
            requestId=event["requestId"],
            responseCode=reply.status,
            responseHeaders=headers,
            body=base64.b64encode(reply.body).decode("ascii"),
        )

    def _leave(self, url: str, mechanism: str) -> None:
        if self.departure is None and self._journey is not None:
            self.departure = Departure(url, mechanism, self.document)

    def _block(self, event: Mapping[str, Any], url: str) -> None:
        """Refuse a request to a host outside the profile, and put that on record."""
        assert self._journey is not None
        parts = urlsplit(url)
        self.blocked.add(parts.netloc)
        self.lacks_part |= event["resourceType"] not in DECORATION
        visit = self._journey.visit
        request = Request(event["request"]["method"], url)
        at = time.perf_counter() - visit.session.started
        failure = f"not sent: {parts.netloc} is not a host of the profile (a page wanted it)"
        visit.exchanges.append(Exchange(request, None, at, visit.phase, failure))
        self._fail(event, "BlockedByClient")

    def _fail(self, event: Mapping[str, Any], reason: str = "Aborted") -> None:
        self._tell("Fetch.failRequest", requestId=event["requestId"], errorReason=reason)

    def _tell(self, command: str, **what: object) -> None:
        """Say what becomes of a request, unless nobody waits for it any more: its page went on, or is gone."""
        from playwright.sync_api import Error

        try:
            self.cdp.send(command, what)
        except Error as error:
            if not any(sign in str(error) for sign in NOBODY_WAITS):
                raise

    def _is_document(self, event: Mapping[str, Any]) -> bool:
        return bool(event["resourceType"] == "Document" and event["frameId"] == self.main_frame)


def _is_for_everybody(reply: Reply) -> bool:
    """Whether a file may be shown to others than the one who asked, and again; one with a validator isn't made anew."""
    caching = (reply.header("Cache-Control") or "").lower()
    own = reply.header("Set-Cookie") is not None or "cookie" in (reply.header("Vary") or "").lower()
    made_anew = "no-cache" in caching and reply.header("ETag") is None and reply.header("Last-Modified") is None
    return not (own or made_anew or "no-store" in caching or "private" in caching)
