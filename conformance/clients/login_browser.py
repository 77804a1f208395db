"""The browser of a login: it opens authorization requests and, for a command, goes on to the client's own listener.

The stage approves without a page, so that one request brings the answer. What came back is kept as it was.
"""

from __future__ import annotations

import ssl
import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

import httpx

from conformance.base.uris import is_loopback, origin_of
from conformance.wire.exchange import REDIRECTS, USER_AGENT

# What it says of itself where the client has sent it, and where a server has sent it on.
BY_CLIENT = f"{USER_AGENT} browser"
SENT_ON = f"{USER_AGENT} browser, sent on by a server"
# Hops within the servers of a login, and authorization requests that one login may make.
MOST_HOPS, MOST_VISITS = 5, 6
SECONDS = 10.0
# Seconds in which a client that has opened the browser has to listen, and between two tries.
LISTENING, PAUSE = 3.0, 0.05


class NoWayBack(Exception):
    """The authorization request came to an end before it came back to the client: says how."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a client's own listener answered in the end, at which URL; `leads_to` is where else it would have led."""

    url: str
    leads_to: str
    text: str


@dataclass
class Browser:
    """One user agent; `origins` are where stages are, `delivers` says whether it goes to the client's listener.

    `reached_at` is the address that leads to stages from here: their host may be one that only the client can find.
    """

    origins: frozenset[str]
    certificates: str
    reached_at: str = ""
    delivers: bool = False
    # The command that brings an answer to a client without a listener, and the folder that it runs in.
    deliver: tuple[str, ...] = ()
    folder: str = "."
    # Where each authorization request was sent back to, and what the client's listener said.
    landings: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    # Two, since stage and client are on one host here: the client's cookies are nothing for the server.
    _at_stages: httpx.Client | None = None
    _at_client: httpx.Client | None = None

    def browse(self, url: str) -> str:
        """Sign in, consent and return the final redirect URL. Raises NoWayBack."""
        if len(self.landings) >= MOST_VISITS:
            raise NoWayBack(f"more than {MOST_VISITS} authorization requests in one login")
        place = self._begun(url)
        for hop in range(MOST_HOPS):
            if origin_of(place) not in self.origins:
                break
            place = urljoin(place, self._redirect(place, SENT_ON if hop else BY_CLIENT))
        self.landings.append(place)
        if self.delivers:
            self._deliver(place)
        return place

    def _begun(self, url: str) -> str:
        """The authorization request to which a page of the client's own leads; else the URL itself."""
        place, until = url, time.perf_counter() + LISTENING
        for _ in range(MOST_HOPS):
            if not self.delivers or origin_of(place) in self.origins or not is_loopback(place):
                return place
            try:
                reply = self._fetched(place, until)
            except httpx.HTTPError as error:
                raise NoWayBack(f"the client opened a page of its own, and nobody answered there: {error}") from error
            if reply.status_code not in REDIRECTS or "location" not in reply.headers:
                raise NoWayBack("the client opened a page of its own, which leads to no authorization endpoint")
            place = urljoin(place, reply.headers["location"])
        return place

    def read(self, url: str) -> str:
        """What a stage answers to a plain request. Raises httpx.HTTPError where nobody answers that can be trusted."""
        return self._asked(url, BY_CLIENT).text

    def close(self) -> None:
        """Let go of connections."""
        for client in (self._at_stages, self._at_client):
            if client is not None:
                client.close()

    def _redirect(self, url: str, who: str) -> str:
        reply = self._asked(url, who)
        location = reply.headers.get("location")
        if reply.status_code not in REDIRECTS or location is None:
            raise NoWayBack(f"the authorization endpoint answered with status {reply.status_code}: {reply.text[:200]}")
        return str(location)

    def _asked(self, url: str, who: str) -> httpx.Response:
        place = httpx.URL(url)
        self._at_stages = self._at_stages or self._opened()
        return self._at_stages.get(
            place.copy_with(host=self.reached_at or place.host),
            headers={"User-Agent": who, "Host": place.netloc.decode("ascii")},
            extensions={"sni_hostname": place.host},
        )

    def _deliver(self, place: str) -> None:
        """Go to the client's listener, on loopback alone, and read its page."""
        if not is_loopback(place):
            self._hand_over(place)
            return
        until, came_from = time.perf_counter() + LISTENING, ""
        for _ in range(MOST_HOPS):
            try:
                reply = self._fetched(place, until)
            except httpx.HTTPError as error:
                self._note_silence(place, came_from, error)
                return
            # Who has answered once listens; who is gone by then has ended.
            until, came_from = 0.0, str(reply.url)
            place = urljoin(place, reply.headers.get("location", ""))
            if reply.status_code not in REDIRECTS or not is_loopback(place):
                self.pages.append(Page(str(reply.url), place if reply.status_code in REDIRECTS else "", reply.text))
                return

    def _note_silence(self, place: str, came_from: str, error: httpx.HTTPError) -> None:
        """Nobody answers: where the client has redirected to, or at its listener itself."""
        if came_from:
            self.pages.append(Page(came_from, place, ""))
        else:
            self.refused.append(f"{place.partition('?')[0]}: {error}")

    def _hand_over(self, place: str) -> None:
        """Have the profile's command bring an answer to the client."""
        if not self.deliver:
            self.refused.append(f"{place.partition('?')[0]}: name a command under [driver] that brings it, `deliver`")
            return
        words = [word.replace("{url}", place) for word in self.deliver]
        try:
            done = subprocess.run(words, cwd=self.folder, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            self.refused.append(f"{place.partition('?')[0]}: {error}")
            return
        self.pages.append(Page(place, "", done.stdout.decode("utf-8", "replace")))

    def _fetched(self, place: str, until: float) -> httpx.Response:
        """A page of the client, which may open the browser first and listen then."""
        self._at_client = self._at_client or self._opened()
        while True:
            try:
                return self._at_client.get(place)
            except httpx.ConnectError:
                if time.perf_counter() > until:
                    raise
                time.sleep(PAUSE)

    def _opened(self) -> httpx.Client:
        headers = {"User-Agent": BY_CLIENT, "Accept": "text/html,*/*"}
        return httpx.Client(verify=_trusting(self.certificates), trust_env=False, timeout=SECONDS, headers=headers)


@cache
def _trusting(certificates: str) -> ssl.SSLContext:
    """What takes these authorities alone: all logins of a run share it."""
    context = ssl.create_default_context(cafile=certificates)
    # A certificate of the profile's may come without its authority.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
