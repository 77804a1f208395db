"""Carries the requests of a browser window: each is sent by the suite, and answered with what came back."""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.harness.drivers.journey import Journey
from conformance.harness.exchange import Exchange, Reply, Request
from conformance.harness.outcomes import Inconclusive
from conformance.harness.uris import urljoin, urlsplit

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
STATIC = frozenset({"Stylesheet", "Image", "Font", "Script", "Media"})
LARGEST_DECODED = 16 * 1024 * 1024


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
    outside the profile that its pages wanted to reach, `last_at` when something last happened (monotonic seconds),
    `seen_since_acting` method and place of the first document asked for since the last action.
    """

    cdp: CDPSession
    main_frame: str
    departure: Departure | None = None
    blocked: set[str] = field(default_factory=set)
    last_at: float = 0.0
    seen_since_acting: tuple[str, str] | None = None
    _journey: Journey | None = None
    _first: Reply | None = None
    _document: Reply | None = None
    _failure: Exception | None = None
    _reasons: dict[str, str] = field(default_factory=dict)
    _static: dict[str, Reply] = field(default_factory=dict)

    @classmethod
    def of(cls, context: BrowserContext, tab: Tab) -> Interception:
        """Catch every request of a tab."""
        cdp = context.new_cdp_session(tab)
        frame = cdp.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        requests = cls(cdp, frame)
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
        exchanges = self._journey.trial.exchanges if self._journey else []
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
        except Inconclusive as error:
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
            first, self._first = self._first, None
            self._deliver(event, first)
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
        if kind in STATIC and url in self._static:
            return self._static[url]
        reply = journey.agent.send(journey.trial, self._request(event, journey))
        keeps = "no-store" not in (reply.header("Cache-Control") or "") and reply.header("Set-Cookie") is None
        if kind in STATIC and reply.status == 200 and keeps:
            self._static[url] = reply
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
            self._document = reply
        headers = [
            {"name": name, "value": value} for name, value in reply.headers if name.lower() not in LEFT_OUT_OF_REPLIES
        ]
        self.cdp.send(
            "Fetch.fulfillRequest",
            {
                "requestId": event["requestId"],
                "responseCode": reply.status,
                "responseHeaders": headers,
                "body": base64.b64encode(_decoded(reply)).decode("ascii"),
            },
        )

    def _leave(self, url: str, mechanism: str) -> None:
        if self.departure is None and self._journey is not None:
            self.departure = Departure(url, mechanism, self.document)

    def _block(self, event: Mapping[str, Any], url: str) -> None:
        """Refuse a request to a host outside the profile, and put that on record."""
        assert self._journey is not None
        parts = urlsplit(url)
        self.blocked.add(parts.netloc)
        trial = self._journey.trial
        request = Request(event["request"]["method"], url)
        at = time.perf_counter() - trial.session.started
        failure = f"not sent: {parts.netloc} is not a host of the profile (a page wanted it)"
        trial.exchanges.append(Exchange(request, None, at, trial.phase, failure))
        self._fail(event, "BlockedByClient")

    def _fail(self, event: Mapping[str, Any], reason: str = "Aborted") -> None:
        self.cdp.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": reason})

    def _is_document(self, event: Mapping[str, Any]) -> bool:
        return bool(event["resourceType"] == "Document" and event["frameId"] == self.main_frame)


def _decoded(reply: Reply) -> bytes:
    """The body without its Content-Encoding, which no request asks for; bounded."""
    if (reply.header("Content-Encoding") or "").strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return reply.body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(reply.body, LARGEST_DECODED)
    except zlib.error:
        return reply.body
